// The syntax tree of a .ntk file: what was written, with a span for every node. No meaning yet.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/source.hpp"

namespace ntkc::ast {

struct Name {  // NAME or QNAME (with dots)
  std::string text;
  Span span;
};

struct Expr;
struct Arg;

struct Expr {
  enum class Kind {
    number,       // text: as written
    boolean,      // text: true, false
    string,       // text: the contents, escapes resolved
    name,         // text: NAME or QNAME
    list,         // args (positional)
    call,         // text: the function's QNAME; args
    chain,        // operands joined by left-associative operators of one level: operands.size() == operators.size() + 1
    unary,        // operators[0]: "-" or "not"; operands[0]
    power,        // operands[0] ^ operands[1]
    conditional,  // if operands[0] then operands[1] else operands[2]
  };
  Kind kind = Kind::number;
  Span span;
  std::string text;
  std::vector<std::string> operators;  // + - * / < <= > >= == != and or not
  std::vector<Expr> operands;
  std::vector<Arg> args;
  bool parenthesized = false;  // written in parentheses that the tree does not need
};

struct Arg {
  std::optional<Name> name;
  Expr value;
  Span span;
};

struct Layer {
  Name name;
  bool parentheses = false;
  std::vector<Arg> args;
  Span span;
};

struct Stmt;

struct Body {
  std::vector<Stmt> stmts;
  Span span;  // with its braces
};

struct Branch {
  std::optional<Name> from;
  Body body;
  Span span;
};

struct Dim {
  std::variant<std::uint64_t, std::string> value;  // INT or NAME
  Span span;
};

struct Input {
  Name name;
  std::vector<Dim> dims;
};
struct Range {
  Expr low, high;
};
struct Param {
  bool is_const = false;
  Name name;
  Expr value;
  std::optional<Range> range;
};
struct Default {
  std::optional<Name> layer;
  std::vector<Arg> args;
};
struct Let {
  Name name;
  Layer layer;
};
struct As {
  Name name;
};
struct Repeat {
  Expr count;
  bool shared = false;
  Body body;
};
struct Scan {
  Name name;
  Body body;
};
struct Residual {
  std::vector<Arg> args;
  Body body;
  std::optional<Body> shortcut;
};
struct Join {
  enum class Kind { sum, product, concat } kind = Kind::sum;
  std::vector<Arg> args;
  std::vector<Branch> branches;
};

struct Stmt {
  Span span;
  std::variant<Input, Param, Default, Let, As, Repeat, Scan, Residual, Join, Layer> node;
};

struct Import {
  std::string path;
  Span path_span;
  std::optional<Name> as;   // import "path" as NAME
  std::vector<Name> names;  // from "path" import a, b; empty for a plain import
};
struct Parameter {
  Name name;
  std::optional<Expr> value;
};
struct Activation {
  Name name;
  std::vector<Parameter> parameters;
  Expr value;
};  // the first parameter has no default
struct Block {
  Name name;
  std::vector<Parameter> parameters;
  Body body;
};
struct Network {
  Name name;
  Body body;
};

struct Item {
  Span span;
  std::variant<Import, Param, Activation, Block, Network> node;
};

struct Comment {  // for the formatter
  Span span;      // with // or /* */
  std::string text;
};

struct File {
  std::uint32_t source = 0;
  std::optional<std::uint64_t> version;
  Span version_span;
  std::vector<Item> items;
  std::vector<Comment> comments;
};

// The import graph: files in the order of first import (the main file last is not guaranteed: see `main`).
struct ImportEdge {
  std::size_t item;    // index in File::items
  std::size_t target;  // index in Files::files
};
struct Files {
  std::vector<File> files;
  std::vector<std::vector<ImportEdge>> imports;  // one list a file
  std::size_t main = 0;
};

// Indented text of the whole tree, spans left out: for --dump=ast and for comparing trees.
std::string to_text(const File& file);

}  // namespace ntkc::ast
