//! One declaration per object of the contract.

/// Declares an object: its type, its place in the schema, and its reader, from one list of fields.
///
/// Each field has its mode before its name: `required` (without it the object can't be read), `expected` (marked when
/// missing, by the object's own code), `stated` (may be left out) or `guarded` (may be left out, but when it can't be
/// read a person decides before anything is sent). Derived fields start as their default.
macro_rules! record {
    (
        $(#[doc = $meaning:literal])+
        $record:ident as $name:literal {
            $($(#[doc = $what:literal])+ $mode:ident $field:ident: $type:ty,)+
        }
        $(any_of [$($condition:expr),+])?
        $(derived {$($(#[doc = $derived_what:literal])+ $derived:ident: $derived_type:ty,)+})?
    ) => {
        $(#[doc = $meaning])+
        #[derive(Clone, PartialEq)]
        pub struct $record {
            $($(#[doc = $what])+ pub $field: $crate::incident::record::field_type!($mode $type),)+
            $($($(#[doc = $derived_what])+ pub $derived: $derived_type,)+)?
        }

        impl $record {
            /// This object's description, for the schema and the field reference.
            pub const OBJECT: &'static $crate::incident::Object = &$crate::incident::Object {
                name: $name,
                meaning: concat!($($meaning),+),
                fields: &[$($crate::incident::Field {
                    name: stringify!($field),
                    kind: <$type as $crate::incident::reading::Readable>::KIND,
                    meaning: concat!($($what),+),
                    need: $crate::incident::record::field_need!($mode),
                    since: 1,
                },)+],
                any_of: &[$($($condition),+)?],
                ours: false,
            };
        }

        impl $crate::incident::reading::Readable for $record {
            const KIND: &'static $crate::incident::Kind =
                &$crate::incident::Kind::Object($record::OBJECT);

            fn read(value: &serde_json::Value, at: &mut $crate::incident::reading::Reading) -> Option<Self> {
                let map = at.object(value, Self::KIND)?;
                at.check_names(map, Self::OBJECT, Self::KIND);
                let not_known = at.not_known(map, Self::OBJECT);
                $(let $field = $crate::incident::record::read_field!($mode at, map, &not_known, stringify!($field));)+
                Some(Self { $($field,)+ $($($derived: Default::default(),)+)? })
            }
        }

        impl $crate::incident::reading::Personal for $record {
            fn personal(&self, texts: &mut Vec<String>) {
                $($crate::incident::reading::Personal::personal(&self.$field, texts);)+
            }
        }

        impl std::fmt::Debug for $record {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($record), "(…)"))
            }
        }
    };
}

macro_rules! field_type {
    (required $type:ty) => { $type };
    ($mode:ident $type:ty) => { $crate::incident::stated::Stated<$type> };
}

macro_rules! field_need {
    (required) => {
        $crate::incident::Need::Required
    };
    (expected) => {
        $crate::incident::Need::Expected
    };
    (stated) => {
        $crate::incident::Need::Optional
    };
    (guarded) => {
        $crate::incident::Need::Guarded
    };
}

macro_rules! read_field {
    (required $at:ident, $map:ident, $not_known:expr, $name:expr) => {
        $at.required($map, $name)?
    };
    (guarded $at:ident, $map:ident, $not_known:expr, $name:expr) => {
        $at.guarded($map, $not_known, $name)
    };
    ($mode:ident $at:ident, $map:ident, $not_known:expr, $name:expr) => {
        $at.optional($map, $not_known, $name)
    };
}

pub(crate) use {field_need, field_type, read_field, record};
