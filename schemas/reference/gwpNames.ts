/** Names under which LCI packages state climate-relevant substances, by GWP species. Names only; the values stand in `gwpRows.ts`. */

/** Lower-case names as `flowMatching` cleans them (no brackets, no trailing hyphen). Source: flow lists of USLCI, ILCD/EF and ecoinvent. */
export const SPECIES_BY_NAME: Readonly<Record<string, string>> = {
  'carbon dioxide': 'CO2',
  methane: 'CH4',
  'dinitrogen monoxide': 'N2O',
  'nitrous oxide': 'N2O',
  'sulfur hexafluoride': 'SF6',
  'sulphur hexafluoride': 'SF6',
  'nitrogen fluoride': 'NF3',
  'nitrogen trifluoride': 'NF3',
  chloroform: 'CHCl3',
  trichloromethane: 'CHCl3',
  dichloromethane: 'CH2Cl2',
  'carbon tetrachloride': 'CCl4',
  tetrachloromethane: 'CCl4',
  ethane: 'C2H6',
  propane: 'C3H8',
  butane: 'C4H10',
  'ethane, 1,2-dichloro': 'C2H4Cl2',
  '1,2-dichloroethane': 'C2H4Cl2',
  'ethane, chloro': 'C2H5Cl',
  chloroethane: 'C2H5Cl',
  'ethene, trichloro': 'C2HCl3',
  trichloroethylene: 'C2HCl3',
  trichloroethene: 'C2HCl3',
  'ethene, tetrachloro': 'C2Cl4',
  tetrachloroethylene: 'C2Cl4',
  tetrachloroethene: 'C2Cl4',
  'ethane, 1,1,1-trichloro': 'CH3CCl3',
  '1,1,1-trichloroethane': 'CH3CCl3',
};

/** Refrigerant and halon numbers whose species does not simply carry the number (ANSI/ASHRAE 34 designations). */
export const SPECIES_BY_CODE: Readonly<Record<string, string>> = {
  '10': 'CCl4',
  '14': 'CF4',
  '20': 'CHCl3',
  '30': 'CH2Cl2',
  '40': 'CH3Cl',
  '116': 'C2F6',
  '140': 'CH3CCl3',
  '140a': 'CH3CCl3',
  'halon 1001': 'CH3Br',
};

/** Names whose structure and refrigerant number contradict each other (here the isomer HCFC-123a is called HCFC-123): nobody knows what was measured. */
export const CONTRADICTORY_NAMES: ReadonlySet<string> = new Set([
  'ethane, 1,2-dichloro-1,1,2-trifluoro-, hcfc-123',
]);
