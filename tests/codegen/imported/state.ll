; What clang makes of state.bpf.c, in words that each LLVM from 15 on reads.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpf"

%struct.anon = type { ptr, ptr, ptr, ptr }

@seen = dso_local global %struct.anon zeroinitializer, section ".maps", align 8, !dbg !0
@calls = internal unnamed_addr global i32 0, align 4, !dbg !7
@steps = internal unnamed_addr constant [4 x i32] [i32 1, i32 2, i32 3, i32 5], align 4, !dbg !17
@total = internal unnamed_addr global i32 100, align 4, !dbg !23
@llvm.compiler.used = appending global [1 x ptr] [ptr @seen], section "llvm.metadata"

define dso_local i32 @step(i32 noundef %0) #0 !dbg !48 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4
  %3 = call ptr inttoptr (i64 1 to ptr)(ptr noundef nonnull @seen, ptr noundef nonnull %2), !dbg !61
  %4 = load i32, ptr @calls, align 4, !dbg !62
  %5 = add nsw i32 %4, 1, !dbg !62
  store i32 %5, ptr @calls, align 4, !dbg !62
  %6 = load i32, ptr %2, align 4, !dbg !63
  %7 = and i32 %6, 3, !dbg !64
  %8 = zext i32 %7 to i64, !dbg !65
  %9 = getelementptr inbounds [4 x i32], ptr @steps, i64 0, i64 %8, !dbg !65
  %10 = load i32, ptr %9, align 4, !dbg !65
  %11 = load i32, ptr @total, align 4, !dbg !66
  %12 = add nsw i32 %11, %10, !dbg !66
  store i32 %12, ptr @total, align 4, !dbg !66
  %13 = icmp eq ptr %3, null, !dbg !67
  br i1 %13, label %17, label %14, !dbg !67

14:
  %15 = load i64, ptr %3, align 8, !dbg !68
  %16 = trunc i64 %15 to i32, !dbg !71
  br label %19, !dbg !67

17:
  %18 = add nsw i32 %12, %5, !dbg !72
  br label %19, !dbg !67

19:
  %20 = phi i32 [ %16, %14 ], [ %18, %17 ], !dbg !67
  ret i32 %20, !dbg !73
}

attributes #0 = { nounwind }

!llvm.dbg.cu = !{!2}
!llvm.module.flags = !{!42, !43}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "seen", scope: !2, file: !3, line: 9, type: !25, isLocal: false, isDefinition: true)
!2 = distinct !DICompileUnit(language: DW_LANG_C99, file: !3, producer: "clang", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !4, globals: !6)
!3 = !DIFile(filename: "state.bpf.c", directory: ".")
!4 = !{!5}
!5 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!6 = !{!0, !7, !17, !23}
!7 = !DIGlobalVariableExpression(var: !8, expr: !DIExpression())
!8 = distinct !DIGlobalVariable(name: "calls", scope: !2, file: !3, line: 12, type: !5, isLocal: true, isDefinition: true)
!17 = !DIGlobalVariableExpression(var: !18, expr: !DIExpression())
!18 = distinct !DIGlobalVariable(name: "steps", scope: !2, file: !3, line: 10, type: !19, isLocal: true, isDefinition: true)
!19 = !DICompositeType(tag: DW_TAG_array_type, baseType: !20, size: 128, elements: !21)
!20 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !5)
!21 = !{!22}
!22 = !DISubrange(count: 4)
!23 = !DIGlobalVariableExpression(var: !24, expr: !DIExpression())
!24 = distinct !DIGlobalVariable(name: "total", scope: !2, file: !3, line: 11, type: !5, isLocal: true, isDefinition: true)
!25 = distinct !DICompositeType(tag: DW_TAG_structure_type, file: !3, line: 4, size: 256, elements: !26)
!26 = !{!27, !32, !37, !39}
!27 = !DIDerivedType(tag: DW_TAG_member, name: "type", scope: !25, file: !3, line: 5, baseType: !28, size: 64)
!28 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !29, size: 64)
!29 = !DICompositeType(tag: DW_TAG_array_type, baseType: !5, size: 32, elements: !30)
!30 = !{!31}
!31 = !DISubrange(count: 1)
!32 = !DIDerivedType(tag: DW_TAG_member, name: "max_entries", scope: !25, file: !3, line: 6, baseType: !33, size: 64, offset: 64)
!33 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !34, size: 64)
!34 = !DICompositeType(tag: DW_TAG_array_type, baseType: !5, size: 256, elements: !35)
!35 = !{!36}
!36 = !DISubrange(count: 8)
!37 = !DIDerivedType(tag: DW_TAG_member, name: "key", scope: !25, file: !3, line: 7, baseType: !38, size: 64, offset: 128)
!38 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !5, size: 64)
!39 = !DIDerivedType(tag: DW_TAG_member, name: "value", scope: !25, file: !3, line: 8, baseType: !40, size: 64, offset: 192)
!40 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !41, size: 64)
!41 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!42 = !{i32 7, !"Dwarf Version", i32 5}
!43 = !{i32 2, !"Debug Info Version", i32 3}
!48 = distinct !DISubprogram(name: "step", scope: !3, file: !3, line: 13, type: !49, scopeLine: 13, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !2, retainedNodes: !51)
!49 = !DISubroutineType(types: !50)
!50 = !{!5, !5}
!51 = !{!52, !53}
!52 = !DILocalVariable(name: "i", arg: 1, scope: !48, file: !3, line: 13, type: !5)
!53 = !DILocalVariable(name: "known", scope: !48, file: !3, line: 14, type: !40)
!61 = !DILocation(line: 14, column: 17, scope: !48)
!62 = !DILocation(line: 15, column: 8, scope: !48)
!63 = !DILocation(line: 16, column: 18, scope: !48)
!64 = !DILocation(line: 16, column: 20, scope: !48)
!65 = !DILocation(line: 16, column: 12, scope: !48)
!66 = !DILocation(line: 16, column: 9, scope: !48)
!67 = !DILocation(line: 17, column: 10, scope: !48)
!68 = !DILocation(line: 17, column: 23, scope: !48)
!71 = !DILocation(line: 17, column: 18, scope: !48)
!72 = !DILocation(line: 17, column: 38, scope: !48)
!73 = !DILocation(line: 17, column: 3, scope: !48)
