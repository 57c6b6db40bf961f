{
  description = "tstrace: a tracing-language compiler; bpftrace's language, compiled to BPF";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      forAll = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      node = pkgs: pkgs.nodejs_22;
      llvm = pkgs: "${pkgs.llvmPackages_19.libllvm.lib}/lib/libLLVM.so";
      libclang = pkgs: "${pkgs.llvmPackages_19.libclang.lib}/lib/libclang.so";
      clang = pkgs: "${pkgs.llvmPackages_19.clang-unwrapped}/bin/clang";
      source = self;

      # npm's packages, fetched once by the hash of the lock file.
      packageOf =
        pkgs:
        pkgs.buildNpmPackage {
          pname = "tstrace";
          version = "0.1.0";
          src = source;
          nodejs = node pkgs;
          # To be filled in where the registry can be reached: nix says which hash it found.
          npmDepsHash = pkgs.lib.fakeHash;
          nativeBuildInputs = [ pkgs.makeWrapper ];
          npmBuildScript = "build";
          installPhase = ''
            mkdir -p $out/lib/tstrace $out/bin
            cp -r dist node_modules tools package.json $out/lib/tstrace/
            makeWrapper ${node pkgs}/bin/node $out/bin/tstrace \
              --add-flags $out/lib/tstrace/dist/tstrace.mjs \
              --set-default TSTRACE_LLVM ${llvm pkgs} \
              --set-default TSTRACE_LIBCLANG ${libclang pkgs} \
              --set-default TSTRACE_CLANG ${clang pkgs}
          '';
        };
    in
    {
      packages = forAll (pkgs: { default = packageOf pkgs; });

      devShells = forAll (pkgs: {
        default = pkgs.mkShell {
          packages = [ (node pkgs) pkgs.bpftools pkgs.gcc pkgs.qemu pkgs.erofs-utils pkgs.squashfsTools pkgs.mandoc pkgs.groff pkgs.zsh pkgs.fish ];
          TSTRACE_LLVM = llvm pkgs;
          TSTRACE_LIBCLANG = libclang pkgs;
          TSTRACE_CLANG = clang pkgs;
        };
      });

      # Unit and golden tests need no kernel and no privileges.
      checks = forAll (pkgs: {
        default = (packageOf pkgs).overrideAttrs (_: {
          doCheck = true;
          TSTRACE_LLVM = llvm pkgs;
          TSTRACE_LIBCLANG = libclang pkgs;
          TSTRACE_CLANG = clang pkgs;
          checkPhase = "npx vitest run --project unit --project golden";
        });
      });
    };
}
