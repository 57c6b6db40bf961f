# Stands for the flake's inputs, so that it can be evaluated without downloading them: just enough of nixpkgs to say what it asks for.
flakePath:
let
  packages = system: {
    inherit system;
    nodejs_22 = "/nix/node";
    llvmPackages_19.libllvm.lib = "/nix/llvm";
    llvmPackages_19.libclang.lib = "/nix/libclang";
    llvmPackages_19.clang-unwrapped = "/nix/clang";
    lib.fakeHash = "sha256-fake";
    makeWrapper = "/nix/make-wrapper";
    bpftools = "/nix/bpftools";
    mandoc = "/nix/mandoc";
    groff = "/nix/groff";
    zsh = "/nix/zsh";
    fish = "/nix/fish";
    gcc = "/nix/gcc";
    qemu = "/nix/qemu";
    erofs-utils = "/nix/erofs-utils";
    squashfsTools = "/nix/squashfs-tools";
    mkShell = attributes: attributes;
    buildNpmPackage = attributes: attributes // { overrideAttrs = change: attributes // (change attributes); };
  };
  nixpkgs = {
    lib.genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
    legacyPackages.x86_64-linux = packages "x86_64-linux";
    legacyPackages.aarch64-linux = packages "aarch64-linux";
  };
  outputs = (import flakePath).outputs { self = "/nix/source"; inherit nixpkgs; };
in
{
  systems = builtins.attrNames outputs.packages;
  package = removeAttrs outputs.packages.x86_64-linux.default [ "overrideAttrs" ];
  shell = outputs.devShells.x86_64-linux.default;
  check = outputs.checks.x86_64-linux.default;
}
