//! Any state, message or operation as a tree for people to read: like JSON, but with nodes by their names, and with
//! maps whose keys are not texts.

use crate::why::Step;
use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::{Error, Map, Value};

/// The tree of a value, in a world whose nodes have these names.
pub(crate) fn tree<T: Serialize + ?Sized>(value: &T, names: &[String]) -> Value {
    // What cannot be a tree is said to be so, not hidden.
    grow(value, Naming { names, reach: Reach::Whole })
}

/// Of the tree of a value only the way to a place, and what is there, to the depth of one level: of what lies deeper there is
/// only whether it is a list or a table. A whole state takes a hundred times as long.
pub(crate) fn tree_at<T: Serialize + ?Sized>(value: &T, names: &[String], path: &[Step]) -> Value {
    grow(value, Naming { names, reach: Reach::along(path) })
}

fn grow<T: Serialize + ?Sized>(value: &T, naming: Naming) -> Value {
    // What cannot be a tree is said to be so, not hidden.
    value.serialize(naming).unwrap_or_else(|error| Value::String(format!("cannot be shown: {error}")))
}

/// Serialises into a tree; holds the nodes' names.
#[derive(Clone, Copy)]
struct Naming<'a> {
    names: &'a [String],
    reach: Reach<'a>,
}

/// How much of a value is wanted.
#[derive(Clone, Copy)]
enum Reach<'a> {
    /// All.
    Whole,
    /// What lies this way, of which there is at least one step.
    Along(&'a [Step]),
    /// One level.
    Level,
    /// What kind of thing it is.
    Kind,
}

impl<'a> Reach<'a> {
    fn along(path: &'a [Step]) -> Reach<'a> {
        if path.is_empty() { Reach::Level } else { Reach::Along(path) }
    }
    /// How much of a part is wanted, if any is.
    fn into_key(self, key: &str) -> Option<Reach<'a>> {
        match self {
            Reach::Along([first, rest @ ..]) => {
                matches!(first, Step::Key(name) if name == key).then(|| Reach::along(rest))
            }
            other => other.into_part(),
        }
    }
    fn into_item(self, at: usize) -> Option<Reach<'a>> {
        match self {
            Reach::Along([first, rest @ ..]) => {
                matches!(first, Step::Item(place) if *place == at).then(|| Reach::along(rest))
            }
            other => other.into_part(),
        }
    }
    fn into_part(self) -> Option<Reach<'a>> {
        match self {
            Reach::Whole => Some(Reach::Whole),
            Reach::Level => Some(Reach::Kind),
            Reach::Kind | Reach::Along(_) => None,
        }
    }
}

/// A list that is being written, and the variant it belongs to.
struct List<'a> {
    naming: Naming<'a>,
    variant: Option<&'static str>,
    items: Vec<Value>,
}

/// A table that is being written, and the variant it belongs to.
struct Table<'a> {
    naming: Naming<'a>,
    variant: Option<&'static str>,
    fields: Map<String, Value>,
    key: Option<String>,
}

impl<'a> Naming<'a> {
    fn list(self, variant: Option<&'static str>) -> List<'a> {
        List { naming: self.within(variant), variant, items: Vec::new() }
    }
    fn table(self, variant: Option<&'static str>) -> Table<'a> {
        Table { naming: self.within(variant), variant, fields: Map::new(), key: None }
    }
    /// In a variant: its name is a step.
    fn within(self, variant: Option<&'static str>) -> Naming<'a> {
        let Some(name) = variant else { return self };
        Naming { reach: self.reach.into_key(name).unwrap_or(Reach::Kind), ..self }
    }
    fn node(self, id: &Value) -> Option<Value> {
        let name = self.names.get(usize::try_from(id.as_u64()?).ok()?)?;
        Some(Value::String(name.clone()))
    }
}

/// `{ "variant": content }`, or the content alone.
fn tagged(variant: Option<&'static str>, content: Value) -> Value {
    match variant {
        Some(name) => Value::Object(Map::from_iter([(name.to_owned(), content)])),
        None => content,
    }
}

/// The words of a tree in one line: what a map's key that is not a text looks like.
fn line(key: Value) -> String {
    match key {
        Value::String(text) => text,
        Value::Array(items) => items.into_iter().map(line).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

impl<'a> Serializer for Naming<'a> {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Table<'a>;
    type SerializeStruct = Table<'a>;
    type SerializeStructVariant = Table<'a>;

    fn serialize_bool(self, v: bool) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i8(self, v: i8) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i16(self, v: i16) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i32(self, v: i32) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_i64(self, v: i64) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u8(self, v: u8) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u16(self, v: u16) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u32(self, v: u32) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_u64(self, v: u64) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_f32(self, v: f32) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_f64(self, v: f64) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_char(self, v: char) -> Result<Value, Error> {
        Ok(v.to_string().into())
    }
    fn serialize_str(self, v: &str) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_bytes(self, v: &[u8]) -> Result<Value, Error> {
        Ok(v.into())
    }
    fn serialize_none(self) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, Error> {
        Ok(Value::Null)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, Error> {
        Ok(variant.into())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Value, Error> {
        let content = value.serialize(self)?;
        if name == "NodeId" {
            return Ok(self.node(&content).unwrap_or(content));
        }
        Ok(content)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        Ok(tagged(Some(variant), value.serialize(self.within(Some(variant)))?))
    }
    fn serialize_seq(self, _len: Option<usize>) -> Result<List<'a>, Error> {
        Ok(self.list(None))
    }
    fn serialize_tuple(self, _len: usize) -> Result<List<'a>, Error> {
        Ok(self.list(None))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Error> {
        Ok(self.list(None))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, Error> {
        Ok(self.list(Some(variant)))
    }
    fn serialize_map(self, _len: Option<usize>) -> Result<Table<'a>, Error> {
        Ok(self.table(None))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Table<'a>, Error> {
        Ok(self.table(None))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Table<'a>, Error> {
        Ok(self.table(Some(variant)))
    }
}

impl List<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        // What is not wanted keeps its place.
        let reach = self.naming.reach.into_item(self.items.len());
        self.items.push(match reach {
            Some(reach) => item.serialize(Naming { reach, ..self.naming })?,
            None => Value::Null,
        });
        Ok(())
    }
    fn done(self) -> Result<Value, Error> {
        Ok(tagged(self.variant, Value::Array(self.items)))
    }
}

impl Table<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        if let Some(reach) = self.naming.reach.into_key(name) {
            self.fields.insert(name.to_owned(), value.serialize(Naming { reach, ..self.naming })?);
        }
        Ok(())
    }
    fn done(self) -> Result<Value, Error> {
        Ok(tagged(self.variant, Value::Object(self.fields)))
    }
}

macro_rules! lists {
    ($($kind:ident $add:ident),+) => {$(
        impl $kind for List<'_> {
            type Ok = Value;
            type Error = Error;
            fn $add<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
                self.add(item)
            }
            fn end(self) -> Result<Value, Error> {
                self.done()
            }
        }
    )+};
}
lists!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

macro_rules! structs {
    ($($kind:ident),+) => {$(
        impl $kind for Table<'_> {
            type Ok = Value;
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.add(name, value)
            }
            fn end(self) -> Result<Value, Error> {
                self.done()
            }
        }
    )+};
}
structs!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Table<'_> {
    type Ok = Value;
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(line(key.serialize(Naming { reach: Reach::Whole, ..self.naming })?));
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take().ok_or_else(|| Error::custom("a value without its key"))?;
        self.add(&key, value)
    }
    fn end(self) -> Result<Value, Error> {
        self.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netsplit_sim::NodeId;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(serde::Serialize)]
    enum Role {
        Follower,
        Candidate { votes: Vec<NodeId> },
        Leader(u8),
    }

    #[test]
    fn nodes_have_their_names_and_keys_can_be_anything() {
        let names = ["n1".to_owned(), "n2".to_owned()];

        assert_eq!(tree(&Some(NodeId(1)), &names), json!("n2"));
        assert_eq!(tree(&NodeId(7), &names), json!(7));
        assert_eq!(
            tree(&Role::Candidate { votes: vec![NodeId(0)] }, &names),
            json!({ "Candidate": { "votes": ["n1"] } })
        );
        assert_eq!(tree(&(Role::Follower, Role::Leader(3)), &names), json!(["Follower", { "Leader": 3 }]));
        assert_eq!(tree(&BTreeMap::from([((NodeId(0), 4), "x")]), &names), json!({ "n1 4": "x" }));
        assert_eq!(tree(&BTreeMap::from([(NodeId(1), None::<u8>)]), &names), json!({ "n2": null }));
    }

    #[test]
    fn of_a_place_there_is_one_level_and_the_way_to_it() {
        let names = ["n1".to_owned()];
        let value = (4, BTreeMap::from([("a", vec![vec![1], vec![2, 3]]), ("b", vec![])]), Role::Leader(3));
        let at = |path: &[Step]| tree_at(&value, &names, path);
        let key = |name: &str| Step::Key(name.to_owned());

        assert_eq!(at(&[]), json!([4, {}, {"Leader": 3}]));
        assert_eq!(at(&[Step::Item(1)]), json!([null, {"a": [null, null], "b": []}, null]));
        assert_eq!(at(&[Step::Item(1), key("a")]), json!([null, {"a": [[null], [null, null]]}, null]));
        assert_eq!(at(&[Step::Item(1), key("a"), Step::Item(1)]), json!([null, {"a": [null, [2, 3]]}, null]));
        let role = Role::Candidate { votes: vec![NodeId(0)] };
        assert_eq!(tree_at(&role, &names, &[key("Candidate"), key("votes")]), json!({"Candidate": {"votes": ["n1"]}}));
    }
}
