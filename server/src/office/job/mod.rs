//! What the office has a server do beside its pages: a file comes in, in encrypted pieces; it
//! is checked, and somebody says that it is to be brought in.

pub mod chunks;
