/**
 * The door to C: the only file that knows koffi. Loads a library, declares a function, views memory in place.
 * Importing it does nothing; koffi is loaded by the first call, so that a V8 start-up snapshot can hold this module.
 */

import type * as Koffi from 'koffi';
import { assert, Bug, present } from '../base/assert.ts';
import type { Result } from '../base/result.ts';
import { failed, ok } from '../base/result.ts';
import type {
  Arguments,
  CallbackArgument,
  CallbackArguments,
  CArgument,
  CResult,
  CStruct,
  ResultOf,
} from './c-types.ts';
import { cTypes } from './c-types.ts';

/** A C function. `callAsync` runs it on a thread of the pool: its errno is lost, and a pending call keeps the process alive. */
export interface CFunction<R extends CResult, A extends readonly CArgument[]> {
  (...args: Arguments<A>): ResultOf<R>;
  callAsync(...args: Arguments<A>): Promise<ResultOf<R>>;
}

export interface Library {
  /** The name or path that loaded. */
  readonly name: string;
  /** True if the library has the symbol. */
  has(symbol: string): boolean;
  /** Where the symbol lies in memory; it must be there. */
  place(symbol: string): bigint;
  /** The function is looked up by its first call; a symbol that isn't there is a Bug (ask `has` first where it may miss). */
  declare<R extends CResult, const A extends readonly CArgument[]>(
    symbol: string,
    result: R,
    args: A,
  ): CFunction<R, A>;
}

/** koffi itself can't be loaded: an incomplete installation, which nothing at run time can mend. Its message is for the user. */
export class NativeModuleError extends Error {
  override readonly name = 'NativeModuleError';
}

/** A C function's signature: symbol, result, arguments. */
export type Signature = readonly [symbol: string, result: CResult, args: readonly CArgument[]];

/** The functions that a table of signatures declares, under the table's own names. */
export type Declared<T extends Readonly<Record<string, Signature>>> = {
  readonly [K in keyof T]: CFunction<T[K][1], T[K][2]>;
};

/** What was tried in vain, and what the dynamic linker said about each. */
export interface LoadError {
  readonly kind: 'load-error';
  readonly tried: readonly { readonly name: string; readonly reason: string }[];
}

/** Declare a whole table of a library's functions; each is looked up by its first call. */
export function declareAll<const T extends Readonly<Record<string, Signature>>>(
  library: Library,
  signatures: T,
): Declared<T> {
  const declared = Object.entries(signatures).map(([name, [symbol, result, args]]) => [
    name,
    library.declare(symbol, result, args),
  ]);
  // The table's own keys with what each entry declares; Object.fromEntries can't say so.
  return Object.fromEntries(declared) as Declared<T>;
}

/** RTLD_LAZY (dlopen(3)). */
const lazily = 1;
const openLibrary = declareLibc('dlopen', 'address', ['text', 'int']);
const findSymbol = declareLibc('dlsym', 'address', ['address', 'text']);
const linkerComplaint = declareLibc('dlerror', 'text', []);

/**
 * Load the first of the names (sonames or paths) that loads. A loaded library stays until the process ends. What may not be there is asked of
 * the dynamic linker: koffi would throw, and Node 20 aborts if it collects garbage of a native module while that module throws.
 */
export function loadLibrary(names: readonly string[]): Result<Library, LoadError> {
  const tried: { name: string; reason: string }[] = [];
  for (const name of names) {
    const opened = openLibrary(name, lazily);
    if (opened === 0) {
      tried.push({ name, reason: linkerComplaint() ?? 'no reason given' });
      continue;
    }
    const handle = koffi().load(name, { lazy: true });
    return ok({
      name,
      has: (symbol) => findSymbol(opened, symbol) !== 0,
      place: (symbol) => BigInt(handle.symbol(symbol)),
      declare: (...signature) => declareIn(() => handle, ...signature),
    });
  }
  return failed({ kind: 'load-error', tried });
}

/** Declare a function of the C library. Safe at the top level of a module: nothing is loaded before the first call. */
export function declareLibc<R extends CResult, const A extends readonly CArgument[]>(
  symbol: string,
  result: R,
  args: A,
): CFunction<R, A> {
  return declareIn(libc, symbol, result, args);
}

/** Memory of this process, in place: no copy, no ownership. The caller must not touch it after the memory is unmapped or freed. */
export function viewMemory(address: number, length: number): ArrayBuffer {
  assert(address > 0 && length > 0, `no memory to view at ${address}, ${length} bytes`);
  return koffi().view(address, length);
}

/** Where a buffer's first byte lies. Keep the buffer referenced as long as C may use the address. */
export function addressOf(buffer: ArrayBufferView): bigint {
  return koffi().address(buffer);
}

/** A copy of the NUL-terminated string at the address. */
export function readCString(address: number): string {
  assert(address > 0, 'a C string can not be read from a null pointer');
  return koffi().decode.string(address);
}

/** errno of the last C call on this thread. Read it before any other call, file access included, or it is another's. */
export function errno(): number {
  return koffi().errno();
}

/** A JavaScript function that C may call, on the main thread only. Pass `address`; call `release` once C has forgotten it. */
export interface Callback {
  readonly address: number;
  release(): void;
}

export function makeCallback<R extends 'void' | 'int', const A extends readonly CallbackArgument[]>(
  result: R,
  args: A,
  body: (...args: CallbackArguments<A>) => ResultOf<R>,
): Callback {
  const { register, unregister } = koffi();
  const registered = register(body, callbackType(result, args));
  return { address: Number(registered), release: () => unregister(registered) };
}

/** Watching a descriptor in the event loop itself: no thread, no time-out. Keeps the process alive until closed. */
export interface Watch {
  close(): void;
}

/** Call back whenever the descriptor (ring buffer map, epoll, eventfd, pipe) is readable; level-triggered, as poll(2) is. */
export function watchReadable(fd: number, onReadable: () => void): Watch {
  const handle = koffi().node.poll(fd, { readable: true }, onReadable);
  return { close: () => handle.close() };
}

type Loaded = typeof Koffi;
type LibraryHandle = ReturnType<Loaded['load']>;

/** What was loaded on first use. The one state of this room: a native module can't be loaded twice in a useful way. */
const state: {
  koffi?: Loaded;
  libc?: LibraryHandle;
  callbackTypes?: Map<string, Koffi.TypeObject>;
  structs?: Map<string, Koffi.TypeObject>;
} = {};

function koffi(): Loaded {
  return (state.koffi ??= loadKoffi());
}

function libc(): LibraryHandle {
  return (state.libc ??= koffi().load(null, { lazy: true }));
}

/** Made once for each signature: koffi never frees a type. */
function callbackType(result: CResult, args: readonly CallbackArgument[]): Koffi.TypeObject {
  const known = (state.callbackTypes ??= new Map());
  const signature = [result, ...args].map((type) => (typeof type === 'string' ? type : type.name)).join(' ');
  const { proto, pointer } = koffi();
  const type = known.get(signature) ?? pointer(proto(nativeType(result), args.map(nativeType)));
  known.set(signature, type);
  return type;
}

function nativeType(type: CResult | CArgument): string | Koffi.TypeObject {
  return typeof type === 'string' ? cTypes[type] : structType(type);
}

/** Made once for each struct: koffi takes two of the same members for two types. */
function structType({ name, members }: CStruct): Koffi.TypeObject {
  const known = (state.structs ??= new Map());
  const found = known.get(name);
  if (found) return found;
  const { struct, array } = koffi();
  const made = Object.entries(members).map(([member, type]) => [
    member,
    typeof type === 'string' ? cTypes[type] : array(cTypes[type[0]], type[1]),
  ]);
  const type = struct(name, Object.fromEntries(made));
  known.set(name, type);
  return type;
}

function declareIn<R extends CResult, const A extends readonly CArgument[]>(
  library: () => LibraryHandle,
  symbol: string,
  result: R,
  args: A,
): CFunction<R, A> {
  let found: ReturnType<LibraryHandle['func']> | undefined;
  const native = () => (found ??= bind(library(), symbol, result, args));
  const call = (...values: Arguments<A>): ResultOf<R> => native()(...values);
  const callAsync = (...values: Arguments<A>): Promise<ResultOf<R>> =>
    new Promise((resolve, reject) => {
      native().async(...values, (error: Error | null, value: ResultOf<R>) =>
        error ? reject(error) : resolve(value),
      );
    });
  return Object.assign(call, { callAsync });
}

function bind(library: LibraryHandle, symbol: string, result: CResult, args: readonly CArgument[]) {
  try {
    return library.func(symbol, nativeType(result), args.map(nativeType));
  } catch (error) {
    throw new Bug(`C function ${symbol}: ${reasonOf(error)}`);
  }
}

/**
 * koffi's ordinary entry runs 10–15 ms of JavaScript to find its native module; opening that module directly costs 2 ms.
 * It is looked for in every node_modules above this file (sources, tests) or the started script (bundle, snapshot).
 */
function loadKoffi(): Loaded {
  const tried: string[] = [];
  for (const path of nativeModulePaths()) {
    const module: { exports: unknown } = { exports: {} };
    try {
      process.dlopen(module, path);
    } catch (error) {
      tried.push(reasonOf(error));
      continue;
    }
    // The native module's exports are exactly what koffi's own JavaScript passes on.
    return module.exports as Loaded;
  }
  return requireKoffi(tried);
}

function requireKoffi(tried: readonly string[]): Loaded {
  const { createRequire } = process.getBuiltinModule('node:module');
  try {
    return createRequire(`${startingFolders()[0] ?? process.cwd()}/`)('koffi') as Loaded;
  } catch (error) {
    const first = tried.find((reason) => !reason.includes('No such file')) ?? tried[0] ?? '';
    throw new NativeModuleError(
      `koffi, the package that calls C functions, is not installed or doesn't fit this Node: run npm ci (${reasonOf(error)}; ${first})`,
    );
  }
}

function nativeModulePaths(): readonly string[] {
  const package_ = `node_modules/@koromix/koffi-linux-${process.arch}`;
  return startingFolders()
    .flatMap(withParents)
    .flatMap((folder) =>
      ['linux', 'musl'].map((libc) => `${folder}/${package_}/${libc}_${process.arch}/koffi.node`),
    );
}

/** Folder of this file as it was loaded, and of the script that Node was started with. Inside a CommonJS bundle only the latter is known. */
function startingFolders(): readonly string[] {
  const here: string | undefined = import.meta.url;
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  const files = [here === undefined ? undefined : fileURLToPath(here), process.argv[1]];
  return [...new Set(files.filter((file) => file !== undefined).map(folderOf))];
}

function folderOf(path: string): string {
  const absolute = path.startsWith('/') ? path : `${process.cwd()}/${path}`;
  return absolute.slice(0, absolute.lastIndexOf('/'));
}

function withParents(folder: string): readonly string[] {
  const parts = folder.split('/');
  return parts.map((_, index) => present(parts.slice(0, parts.length - index).join('/'), 'folder'));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
