; What clang makes of sums.bpf.c, in words that each LLVM from 15 on reads.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpf"

define dso_local i32 @total(i32 noundef %a, i8 noundef signext %b, i1 noundef zeroext %c) #0 !dbg !5 {
  %1 = sext i8 %b to i32, !dbg !20
  %2 = add i32 %1, %a, !dbg !20
  %3 = zext i1 %c to i32, !dbg !20
  %4 = add i32 %2, %3, !dbg !20
  ret i32 %4, !dbg !20
}

define dso_local i16 @first(ptr noundef %text) #0 !dbg !6 {
  %1 = load i8, ptr %text, align 1, !dbg !21
  %2 = zext i8 %1 to i16, !dbg !21
  ret i16 %2, !dbg !21
}

attributes #0 = { nounwind }

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2, !3}

!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, producer: "clang", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!1 = !DIFile(filename: "sums.bpf.c", directory: ".")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !{i32 7, !"Dwarf Version", i32 5}
!5 = distinct !DISubprogram(name: "total", scope: !1, file: !1, line: 2, type: !7, scopeLine: 2, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !0, retainedNodes: !14)
!6 = distinct !DISubprogram(name: "first", scope: !1, file: !1, line: 3, type: !8, scopeLine: 3, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !0, retainedNodes: !18)
!7 = !DISubroutineType(types: !{!9, !9, !10, !11})
!8 = !DISubroutineType(types: !{!12, !13})
!9 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!10 = !DIBasicType(name: "signed char", size: 8, encoding: DW_ATE_signed_char)
!11 = !DIBasicType(name: "_Bool", size: 8, encoding: DW_ATE_boolean)
!12 = !DIBasicType(name: "unsigned short", size: 16, encoding: DW_ATE_unsigned)
!13 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!14 = !{!15, !16, !17}
!15 = !DILocalVariable(name: "a", arg: 1, scope: !5, file: !1, line: 2, type: !9)
!16 = !DILocalVariable(name: "b", arg: 2, scope: !5, file: !1, line: 2, type: !10)
!17 = !DILocalVariable(name: "c", arg: 3, scope: !5, file: !1, line: 2, type: !11)
!18 = !{!19}
!19 = !DILocalVariable(name: "text", arg: 1, scope: !6, file: !1, line: 3, type: !13)
!20 = !DILocation(line: 2, column: 1, scope: !5)
!21 = !DILocation(line: 3, column: 1, scope: !6)
