// What a name or an expression is worth while a network is built.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "activations/activation.hpp"
#include "ast/ast.hpp"
#include "layers/layer.hpp"

namespace ntkc::sema {

struct LayerRef;
struct Value;

struct Poison {};  // an error that has been told
struct None {};
struct Number {
  expr::Expr e;
};  // may use params and sizes of the data, and the variable in an activation's body
struct Truth {
  expr::Expr e;
};
struct Word {
  std::string text;
};
struct List {
  std::vector<Value> items;
};
struct Value {
  std::variant<Poison, None, Number, Truth, Word, List, std::shared_ptr<const LayerRef>> what;
  Span span{};

  template <class T>
  const T* as() const {
    return std::get_if<T>(&what);
  }
  bool poisoned() const { return as<Poison>() != nullptr; }
  const LayerRef* layer() const {
    const auto* p = as<std::shared_ptr<const LayerRef>>();
    return p ? p->get() : nullptr;
  }
};

// Defaults in force at a place: one frame a body, the innermost first. Frames never change: a `default` makes a new one.
struct Defaults {
  struct Entry {
    const void* layer;  // of a named default: the layer's identity; nullptr: general
    std::string argument;
    Value value;
  };
  std::vector<Entry> entries;
  std::shared_ptr<const Defaults> outer;
};
using DefaultsPtr = std::shared_ptr<const Defaults>;

struct Let;

// One argument of a layer, an activation or a block.
struct Parameter {
  std::string name;
  const graph::Argument* type = nullptr;  // nullptr: of a block (anything) or of a defined activation (a real)
  const ast::Expr* fallback = nullptr;    // of a block or a defined activation
};
using Bound = std::vector<std::optional<Value>>;  // one for each parameter

// A layer that a name stands for, with the arguments that were given with the name.
struct LayerRef {
  enum class Kind { layer, activation, defined, block, let } kind = Kind::layer;
  std::string name;  // qualified
  const layers::Layer* layer = nullptr;
  const activations::Activation* activation = nullptr;
  const ast::Activation* defined = nullptr;
  const ast::Block* block = nullptr;
  std::shared_ptr<Let> let;
  std::size_t file = 0;  // where an activation or block is defined
  std::vector<Parameter> parameters;
  Bound bound;            // given where a param or argument got this layer
  bool complete = false;  // arguments were given: no more can be
  Span span{};            // of the definition

  const void* identity() const {
    return layer        ? static_cast<const void*>(layer)
           : activation ? activation
           : defined    ? static_cast<const void*>(defined)
           : block      ? static_cast<const void*>(block)
                        : let.get();
  }
};
using LayerPtr = std::shared_ptr<const LayerRef>;

// Weights that are drawn once and used several times: the n-th draw of every use gives the same instance.
struct Pool {
  std::vector<std::uint32_t> drawn;
  std::size_t next = 0;
  std::uint32_t parent = graph::kNone;  // pool from which new ones are taken
  graph::LoopId home = graph::kNone;
};

struct Let {
  LayerPtr target;
  Bound bound;
  DefaultsPtr defaults;
  std::uint32_t pool = graph::kNone;
  std::optional<graph::Dim> channels;  // that came in at the first use
  Span span{};
};

}  // namespace ntkc::sema
