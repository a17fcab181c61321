/** Reads a file for yauzl through a few cached blocks: a zip's directory asks for thousands of tiny pieces. */
import type { FileHandle } from 'node:fs/promises';
import { RandomAccessReader } from 'yauzl';

const BLOCK_BYTES = 256 * 1024;
/** Two places are read in turn: the directory and the entries' headers. */
const BLOCKS_KEPT = 8;

export class BlockReader extends RandomAccessReader {
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #blocks = new Map<number, Buffer>();

  constructor(handle: FileHandle, size: number) {
    super();
    this.#handle = handle;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.copy(buffer.subarray(offset, offset + length), position).then(
      (bytesRead) => callback(null, bytesRead),
      (error: Error) => callback(error),
    );
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  /** Fills `target` from `position`; fewer bytes only where the file ends. */
  async copy(target: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < target.length && position + done < this.#size) {
      const at = position + done;
      const number = Math.floor(at / BLOCK_BYTES);
      const block = this.#blocks.get(number) ?? (await this.#load(number));
      const from = at - number * BLOCK_BYTES;
      if (from >= block.length) break;
      done += block.copy(target, done, from, Math.min(block.length, from + target.length - done));
    }
    return done;
  }

  async #load(number: number): Promise<Buffer> {
    const block = Buffer.alloc(Math.min(BLOCK_BYTES, this.#size - number * BLOCK_BYTES));
    const { bytesRead } = await this.#handle.read(block, 0, block.length, number * BLOCK_BYTES);
    const oldest = this.#blocks.keys().next();
    if (this.#blocks.size >= BLOCKS_KEPT && !oldest.done) this.#blocks.delete(oldest.value);
    const read = block.subarray(0, bytesRead);
    this.#blocks.set(number, read);
    return read;
  }
}
