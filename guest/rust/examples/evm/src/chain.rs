//! A chain with one user: transactions of `USER` against an empty state.

use revm::context::result::ExecutionResult;
use revm::context::{CfgEnv, Context, TxEnv};
use revm::database::{CacheDB, EmptyDB};
use revm::handler::{MainnetContext, MainnetEvm};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{Address, Bytes, TxKind, address};
use revm::{ExecuteCommitEvm, MainBuilder, MainContext};

pub const USER: Address = address!("00000000000000000000000000000000000a11ce");

/// More than any transaction here needs.
const GAS_LIMIT: u64 = 1 << 40;

pub struct Chain {
    evm: MainnetEvm<MainnetContext<CacheDB<EmptyDB>>>,
    nonce: u64,
    gas_used: u64,
}

impl Chain {
    pub fn new() -> Self {
        let mut config = CfgEnv::new_with_spec(SpecId::OSAKA);
        config.tx_gas_limit_cap = Some(GAS_LIMIT);
        let context = Context::mainnet()
            .with_cfg(config)
            .with_db(CacheDB::new(EmptyDB::new()));
        Self {
            evm: context.build_mainnet(),
            nonce: 0,
            gas_used: 0,
        }
    }

    /// The gas used since the last call of this function.
    pub fn take_gas_used(&mut self) -> u64 {
        core::mem::take(&mut self.gas_used)
    }

    fn transact(&mut self, kind: TxKind, data: Bytes) -> ExecutionResult {
        let transaction = TxEnv::builder()
            .caller(USER)
            .nonce(self.nonce)
            .gas_limit(GAS_LIMIT)
            .kind(kind)
            .data(data)
            .build()
            .expect("a complete transaction");
        let result = self
            .evm
            .transact_commit(transaction)
            .expect("a valid transaction");
        self.nonce += 1;
        self.gas_used += result.tx_gas_used();
        result
    }

    /// # Panics
    /// If the init code fails.
    pub fn deploy(&mut self, init_code: impl Into<Bytes>) -> Address {
        let result = self.transact(TxKind::Create, init_code.into());
        result.created_address().expect("a contract")
    }

    /// What the contract returns; `None` if it reverts or halts.
    pub fn call(&mut self, contract: Address, data: impl Into<Bytes>) -> Option<Bytes> {
        match self.transact(TxKind::Call(contract), data.into()) {
            ExecutionResult::Success { output, .. } => Some(output.into_data()),
            _ => None,
        }
    }
}
