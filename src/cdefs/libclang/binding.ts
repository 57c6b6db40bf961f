/** libclang's C interface (clang-c/Index.h): the only file that names its functions. All exist in version 14 and every later one. */

import { cStruct, type StructValue } from '../../ffi/c-types.ts';
import type { Declared, Library, Signature } from '../../ffi/koffi.ts';
import { declareAll } from '../../ffi/koffi.ts';

/** A place in the syntax tree. Valid as long as its translation unit. */
export const cursorStruct = cStruct('CXCursor', { kind: 'int', xdata: 'int', data: ['address', 3] });
export const typeStruct = cStruct('CXType', { kind: 'int', data: ['address', 2] });
const stringStruct = cStruct('CXString', { data: 'address', flags: 'uint' });
const locationStruct = cStruct('CXSourceLocation', { pointers: ['address', 2], int: 'uint' });

export type Cursor = StructValue<typeof cursorStruct>;
export type ClangType = StructValue<typeof typeStruct>;
export type ClangString = StructValue<typeof stringStruct>;

const signatures = {
  createIndex: ['clang_createIndex', 'address', ['int', 'int']],
  disposeIndex: ['clang_disposeIndex', 'void', ['address']],
  /** index, file name, arguments and their number, unsaved files and their number, options, where the unit's address goes. */
  parse: [
    'clang_parseTranslationUnit2',
    'int',
    ['address', 'text', 'bytes', 'int', 'bytes', 'uint', 'uint', 'bytes'],
  ],
  disposeUnit: ['clang_disposeTranslationUnit', 'void', ['address']],
  unitCursor: ['clang_getTranslationUnitCursor', cursorStruct, ['address']],

  getString: ['clang_getCString', 'text', [stringStruct]],
  disposeString: ['clang_disposeString', 'void', [stringStruct]],

  diagnosticCount: ['clang_getNumDiagnostics', 'uint', ['address']],
  diagnostic: ['clang_getDiagnostic', 'address', ['address', 'uint']],
  disposeDiagnostic: ['clang_disposeDiagnostic', 'void', ['address']],
  diagnosticSeverity: ['clang_getDiagnosticSeverity', 'int', ['address']],
  diagnosticText: ['clang_getDiagnosticSpelling', stringStruct, ['address']],
  diagnosticLocation: ['clang_getDiagnosticLocation', locationStruct, ['address']],
  /** Where the file's address, line, column and offset go. */
  expansionLocation: [
    'clang_getExpansionLocation',
    'void',
    [locationStruct, 'bytes', 'bytes', 'bytes', 'bytes'],
  ],
  fileName: ['clang_getFileName', stringStruct, ['address']],

  visitChildren: ['clang_visitChildren', 'uint', [cursorStruct, 'address', 'address']],
  visitFields: ['clang_Type_visitFields', 'uint', [typeStruct, 'address', 'address']],
  cursorName: ['clang_getCursorSpelling', stringStruct, [cursorStruct]],
  cursorUsr: ['clang_getCursorUSR', stringStruct, [cursorStruct]],
  cursorType: ['clang_getCursorType', typeStruct, [cursorStruct]],
  definition: ['clang_getCursorDefinition', cursorStruct, [cursorStruct]],
  isNull: ['clang_Cursor_isNull', 'int', [cursorStruct]],
  isAnonymous: ['clang_Cursor_isAnonymous', 'uint', [cursorStruct]],
  /** In bits; negative if the layout isn't known. */
  fieldOffset: ['clang_Cursor_getOffsetOfField', 'long', [cursorStruct]],
  isBitfield: ['clang_Cursor_isBitField', 'uint', [cursorStruct]],
  bitfieldWidth: ['clang_getFieldDeclBitWidth', 'int', [cursorStruct]],
  enumType: ['clang_getEnumDeclIntegerType', typeStruct, [cursorStruct]],
  enumValue: ['clang_getEnumConstantDeclUnsignedValue', 'uint64', [cursorStruct]],

  typeSize: ['clang_Type_getSizeOf', 'long', [typeStruct]],
  canonicalType: ['clang_getCanonicalType', typeStruct, [typeStruct]],
  typeDeclaration: ['clang_getTypeDeclaration', cursorStruct, [typeStruct]],
  namedType: ['clang_Type_getNamedType', typeStruct, [typeStruct]],
  typedefTarget: ['clang_getTypedefDeclUnderlyingType', typeStruct, [cursorStruct]],
  pointee: ['clang_getPointeeType', typeStruct, [typeStruct]],
  elementType: ['clang_getArrayElementType', typeStruct, [typeStruct]],
  arraySize: ['clang_getArraySize', 'long', [typeStruct]],

  evaluate: ['clang_Cursor_Evaluate', 'address', [cursorStruct]],
  disposeResult: ['clang_EvalResult_dispose', 'void', ['address']],
  resultKind: ['clang_EvalResult_getKind', 'int', ['address']],
  resultIsUnsigned: ['clang_EvalResult_isUnsignedInt', 'uint', ['address']],
  resultUnsigned: ['clang_EvalResult_getAsUnsigned', 'uint64', ['address']],
  resultSigned: ['clang_EvalResult_getAsLongLong', 'int64', ['address']],
  resultText: ['clang_EvalResult_getAsStr', 'address', ['address']],
} as const satisfies Readonly<Record<string, Signature>>;

export type ClangBinding = Declared<typeof signatures>;

export const bindClang = (library: Library): ClangBinding => declareAll(library, signatures);

/** Kinds of cursors (enum CXCursorKind) that we look at. */
export const cursorKinds = {
  struct: 2,
  union: 3,
  enum: 5,
  enumConstant: 7,
  variable: 9,
  typedef: 20,
} as const;

/** Kinds of types (enum CXTypeKind). */
export const typeKinds = {
  void: 2,
  bool: 3,
  /** Plain char, whichever sign it has. */
  chars: [4, 13],
  signedIntegers: [13, 14, 15, 16, 17, 18, 19],
  unsignedIntegers: [4, 5, 6, 7, 8, 9, 10, 11],
  pointer: 101,
  record: 105,
  enum: 106,
  typedef: 107,
  constantArray: 112,
  incompleteArray: 114,
  elaborated: 119,
} as const;

/** enum CXEvalResultKind. */
export const evaluationKinds = { int: 1, text: 4 } as const;

/** What a visitor says (enum CXChildVisitResult, enum CXVisitorResult). */
export const goOn = 1;
export const goInto = 2;

/** enum CXDiagnosticSeverity. */
export const severities = { error: 3, fatal: 4 } as const;
