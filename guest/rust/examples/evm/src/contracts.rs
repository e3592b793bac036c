//! The contracts, in the language of `asm`. Stacks in comments grow to the right.

/// The constructor of [`TOKEN`]: the whole supply, which is passed after the code, goes to the
/// creator.
pub const TOKEN_CONSTRUCTOR: &str = "
    32 DUP1 CODESIZE SUB 0 CODECOPY         ; supply to memory 0
    0 MLOAD
    DUP1 0 SSTORE                           ; total supply in slot 0
    CALLER 0 MSTORE  1 32 MSTORE
    64 0 KECCAK256 SSTORE
";

/// A token with Solidity's interface and storage layout: total supply in slot 0, the balance of
/// `a` in slot keccak256(a . 1).
pub const TOKEN: &str = "
    0 CALLDATALOAD 224 SHR
    DUP1 0xa9059cbb EQ :transfer JUMPI
    DUP1 0x70a08231 EQ :balanceOf JUMPI
    DUP1 0x18160ddd EQ :totalSupply JUMPI
fail:
    0 0 REVERT

transfer:                                   ; transfer(address to, uint256 amount)
    CALLER 0 MSTORE  1 32 MSTORE
    64 0 KECCAK256                          ; from_slot
    DUP1 SLOAD  36 CALLDATALOAD             ; from_slot balance amount
    DUP1 DUP3 LT :fail JUMPI
    DUP1 SWAP2 SUB                          ; from_slot amount balance-amount
    DUP3 SSTORE                             ; from_slot amount
    4 CALLDATALOAD 0 MSTORE
    64 0 KECCAK256                          ; from_slot amount to_slot
    DUP1 SLOAD DUP3 ADD                     ; from_slot amount to_slot balance+amount
    SWAP1 SSTORE                            ; from_slot amount
    0 MSTORE
    4 CALLDATALOAD CALLER                   ; topics of Transfer(address,address,uint256)
    0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef
    32 0 LOG3
    1 0 MSTORE  32 0 RETURN

balanceOf:                                  ; balanceOf(address owner)
    4 CALLDATALOAD 0 MSTORE  1 32 MSTORE
    64 0 KECCAK256 SLOAD 0 MSTORE
    32 0 RETURN

totalSupply:
    0 SLOAD 0 MSTORE
    32 0 RETURN
";

/// (n): keccak256 applied n times to 32 zero bytes.
pub const HASH: &str = "
    0 CALLDATALOAD                          ; n
loop:
    DUP1 ISZERO :done JUMPI
    32 0 KECCAK256 0 MSTORE
    1 SWAP1 SUB :loop JUMP
done:
    32 0 RETURN
";

/// (n): stores i*i in slot i for each i < n, then returns the sum of these slots.
pub const STORAGE: &str = "
    0 CALLDATALOAD 0                        ; n i
fill:
    DUP2 DUP2 LT ISZERO :filled JUMPI
    DUP1 DUP1 MUL DUP2 SSTORE
    1 ADD :fill JUMP
filled:
    POP 0 0                                 ; n sum i
add:
    DUP3 DUP2 LT ISZERO :done JUMPI
    DUP1 SLOAD DUP3 ADD SWAP2 POP
    1 ADD :add JUMP
done:
    POP 0 MSTORE
    32 0 RETURN
";

/// (n): for i = n down to 1: x = (x^2 + i) mod p, y = y^3 / i + (x >> (i mod 256)) signed-mod
/// -(i^2); returns x xor y. p is the prime of secp256k1.
pub const ARITHMETIC: &str = "
    0 CALLDATALOAD 0 0                      ; i y x
loop:
    DUP3 ISZERO :done JUMPI
    0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f
    SWAP1                                   ; i y p x
    DUP2 DUP2 DUP1 MULMOD                   ; i y p x x*x
    SWAP1 POP DUP4 ADDMOD                   ; i y x
    SWAP1                                   ; i x y
    3 SWAP1 EXP DUP3 SWAP1 DIV              ; i x y^3/i
    DUP2 DUP4 0xff AND SHR                  ; i x y^3/i x>>i
    DUP4 DUP1 MUL 0 SUB SWAP1 SMOD ADD      ; i x y
    SWAP1 SWAP2 1 SWAP1 SUB                 ; x y i-1
    SWAP2                                   ; i-1 y x
    :loop JUMP
done:
    XOR 0 MSTORE
    32 0 RETURN
";

/// (n, address, bytes...): calls the address n times with the bytes, returns what the last call
/// returned.
pub const REPEAT: &str = "
    64 CALLDATASIZE SUB                     ; size
    DUP1 64 0 CALLDATACOPY
    0 CALLDATALOAD                          ; size n
loop:
    DUP1 ISZERO :done JUMPI
    0 0 DUP4 0 32 CALLDATALOAD GAS STATICCALL
    ISZERO :fail JUMPI
    1 SWAP1 SUB :loop JUMP
done:
    RETURNDATASIZE 0 0 RETURNDATACOPY
    RETURNDATASIZE 0 RETURN
fail:
    0 0 REVERT
";
