//! Names of registers for pages.

use encompass_core::id::RegisterId;
use encompass_store::Scope;

use crate::State;
use crate::failure::Failure;

/// The registers that a force may use.
pub(crate) struct Registers(Vec<(RegisterId, String)>);

impl Registers {
    /// Looks them up. Their names are no case: whoever may open the child may read where its candidates come from.
    pub async fn of(state: &State, force: &str) -> Result<Self, Failure> {
        let registers = state.store().registers_of(&Scope::service("oversight"), force).await?;
        Ok(Self(registers.into_iter().map(|register| (register.id, register.source)).collect()))
    }

    /// What a register is called.
    pub fn name(&self, id: RegisterId) -> &str {
        let found = self.0.iter().find(|(known, _)| *known == id);
        found.map_or("A register that your force no longer uses", |(_, source)| source)
    }
}

#[cfg(test)]
impl From<Vec<(RegisterId, String)>> for Registers {
    fn from(registers: Vec<(RegisterId, String)>) -> Self {
        Self(registers)
    }
}
