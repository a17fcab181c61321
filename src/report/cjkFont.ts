/** A font of this machine that has Chinese characters, to be embedded in a PDF. */
import { existsSync } from 'node:fs';
import { Refusal } from '../../schemas/refusal.ts';

export interface EmbeddableFont {
  readonly path: string;
  /** PostScript name within a collection; absent for a file of one font. */
  readonly face?: string;
}

/** Where Debian, Fedora, macOS and Windows keep a font of their own that may be embedded. */
const CANDIDATES: readonly EmbeddableFont[] = [
  { path: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', face: 'NotoSansCJKsc-Regular' },
  { path: '/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc', face: 'NotoSansCJKsc-Regular' },
  { path: '/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc', face: 'NotoSansCJKsc-Regular' },
  { path: '/System/Library/Fonts/PingFang.ttc', face: 'PingFangSC-Regular' },
  { path: 'C:\\Windows\\Fonts\\msyh.ttc', face: 'MicrosoftYaHei' },
];

/** The font named, `FILE` or `FILE#FACE`, or the first that is there; undefined where this machine has none. */
export function cjkFont(named?: string): EmbeddableFont | undefined {
  if (named === undefined) return CANDIDATES.find(({ path }) => existsSync(path));
  const [path = '', face] = named.split('#');
  if (!existsSync(path)) {
    throw new Refusal(`there is no font ${path}`, {
      code: 'TL_REPORT_FONT',
      place: '--font',
      remedy: 'a TTF or OTF file with Chinese characters, or COLLECTION.ttc#FACE',
    });
  }
  return { path, ...(face !== undefined && { face }) };
}
