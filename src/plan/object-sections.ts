/** Sections and symbols of object files, on which those who make them, those who look them over and those who load them agree. */

/** Where maps are defined, as libbpf wants it (SEC(".maps")). */
export const mapSection = '.maps';
export const licenseSection = 'license';
/** Functions that programs call. */
export const subprogramSection = '.text';

/** Variables and constants: each such section becomes a map of one entry. Names as libbpf has them (bpf_object__elf_collect). */
export const isDataSection = (name: string): boolean => /^\.(?:data|rodata|bss)(?:\.|$)/.test(name);

/** Programs may not write to it. */
export const isConstantSection = (name: string): boolean => /^\.rodata(?:\.|$)/.test(name);

/** What a thing of imported C is called in the object: the script's own things come first. */
export const importedSymbol = (name: string, own: ReadonlySet<string>): string =>
  own.has(name) ? `imported_${name}` : name;
