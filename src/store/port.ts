/** ClickHouse as the project sees it; `chdb` in process and a server over HTTP are its two adapters. */

export type SqlValue = string | number | bigint | boolean | null | readonly (string | number)[];

/** Rows of one range as Arrow, with columns that are the same in all of them. */
export interface ArrowInsert {
  readonly table: string;
  /** One Arrow IPC stream with one record batch. */
  readonly ipc: Uint8Array;
  /** Names and ClickHouse types of the columns in `ipc`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly constants: Readonly<Record<string, string | number>>;
  /** Rows of `ipc` that are inserted, as a condition over its columns; all where absent. */
  readonly where?: string;
  /** The same token with the same rows counts once. */
  readonly token: string;
  /** The server gives up after this time; shorter than the session of whoever may take over. */
  readonly limitS?: number;
}

export interface Store {
  /** Rows of a SELECT. 64-bit integers beyond 2^53 must be asked for as text. */
  query<T = Record<string, unknown>>(sql: string, params?: Readonly<Record<string, SqlValue>>): Promise<T[]>;
  /** The result of a SELECT as one Arrow IPC stream. */
  queryArrow(sql: string, params?: Readonly<Record<string, SqlValue>>): Promise<Uint8Array>;
  command(sql: string, params?: Readonly<Record<string, SqlValue>>): Promise<void>;
  insertArrow(insert: ArrowInsert): Promise<void>;
  /** Few rows as objects; keys are column names. With a token, repeating the same rows counts once; without, every time. */
  insertRows(
    table: string,
    rows: readonly Readonly<Record<string, unknown>>[],
    token?: string,
  ): Promise<void>;
  /** Cluster of the server, where the same migrations make replicated and distributed tables. */
  readonly cluster: string | undefined;
  close(): Promise<void>;
}
