/** Modules of C that is imported become part of the script's own: what belongs to one of them stays apart from what is the script's. */

import { readCString } from '../../ffi/koffi.ts';
import { importedSymbol, licenseSection, mapSection } from '../../plan/object-sections.ts';
import type { LlvmBinding } from './binding.ts';

// llvm-c/Core.h: LLVMLinkage, LLVMVisibility, LLVMUnnamedAddr
const externalLinkage = 0;
const internalLinkage = 8;
const hiddenVisibility = 1;
const noUnnamedAddress = 0;

/** What keeps a thing though nobody uses it (attribute `used`): the script's own programs say what is used. */
const keepers = ['llvm.used', 'llvm.compiler.used'] as const;

export class ModuleLink {
  readonly #c: LlvmBinding;
  readonly #module: number;
  readonly #own: ReadonlySet<string>;
  readonly #taken: string[] = [];

  constructor(c: LlvmBinding, module: number) {
    this.#c = c;
    this.#module = module;
    this.#own = new Set(this.#definitions(module).map((value) => this.#nameOf(value)));
  }

  /** Takes the other module, which is gone afterwards. False if LLVM refuses; its diagnostics say why. */
  take(other: number): boolean {
    for (const keeper of keepers) {
      const list = this.#c.getNamedGlobal(other, keeper);
      if (list !== 0) this.#c.deleteGlobal(list);
    }
    for (const value of this.#values(other)) this.#prepare(value);
    const names = this.#definitions(other).map((value) => this.#nameOf(value));
    if (this.#c.linkModules(this.#module, other) !== 0) return false;
    this.#taken.push(...names);
    return true;
  }

  /**
   * When all are here that may use each other, functions and variables become local ones, as if the script had them: the kernel verifies
   * functions where they are called, with what they are given there, and what nothing uses is left out. Maps stay for others to see.
   */
  finish(): void {
    for (const name of this.#taken) {
      const global = this.#c.getNamedGlobal(this.#module, name);
      const value = global === 0 ? this.#c.getNamedFunction(this.#module, name) : global;
      if (value !== 0 && this.#sectionOf(value) !== mapSection) this.#c.setLinkage(value, internalLinkage);
    }
  }

  /**
   * Debug information, from which LLVM makes BTF, was written when the functions were global; that they are not is told by hiding what is
   * left of them when nothing more will be left out. So libbpf knows it too (bpf_object__init_btf, mark_btf_static).
   */
  hide(): void {
    for (const name of this.#taken) {
      const value = this.#c.getNamedFunction(this.#module, name);
      if (value === 0) continue;
      this.#c.setLinkage(value, externalLinkage);
      this.#c.setVisibility(value, hiddenVisibility);
    }
  }

  /** The names of the script's own things are taken; its licence, with which that of the other has been compared, holds for all. */
  #prepare(value: number): void {
    const name = this.#nameOf(value);
    const renamed = importedSymbol(name, this.#own);
    if (renamed !== name) this.#c.setValueName(value, renamed, Buffer.byteLength(renamed));
    if (this.#c.isDeclaration(value) !== 0) return;
    // Else constants might share their place with others in sections such as .rodata.cst16, of which LLVM 15's BTF doesn't know.
    this.#c.setUnnamedAddress(value, noUnnamedAddress);
    const section = this.#sectionOf(value);
    if (section === licenseSection) this.#c.setLinkage(value, internalLinkage);
    // libbpf takes no static maps (bpf_object__init_user_btf_map).
    if (section === mapSection) this.#c.setLinkage(value, externalLinkage);
  }

  #definitions(module: number): readonly number[] {
    return this.#values(module).filter((value) => this.#c.isDeclaration(value) === 0);
  }

  #values(module: number): readonly number[] {
    const { getFirstFunction, getNextFunction, getFirstGlobal, getNextGlobal } = this.#c;
    return [
      ...chain(getFirstFunction(module), getNextFunction),
      ...chain(getFirstGlobal(module), getNextGlobal),
    ];
  }

  #nameOf(value: number): string {
    return this.#c.getValueName(value, new BigUint64Array(1)) ?? '';
  }

  #sectionOf(value: number): string {
    const section = this.#c.getSection(value);
    return section === 0 ? '' : readCString(section);
  }
}

function chain(first: number, next: (value: number) => number): readonly number[] {
  const values: number[] = [];
  for (let value = first; value !== 0; value = next(value)) values.push(value);
  return values;
}
