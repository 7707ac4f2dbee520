// Names that are seen at a place. A scope lives as long as its body or file is being walked.
#pragma once
#include <map>

#include "sema/value.hpp"

namespace ntkc::sema {

struct Scope {
  struct Named {
    Value value;  // of layers: a layer; of values: anything
    Span span;    // of the name where it is defined
    bool used = false;
    std::string param;  // the qualified name of a param
  };
  struct NamedNode {
    graph::NodeId node;
    Span span;
  };
  Scope* outer = nullptr;
  std::size_t file = 0;
  std::map<std::string, Named, std::less<>> layers, values;
  std::map<std::string, NamedNode, std::less<>> nodes;
  std::map<std::string, std::pair<std::size_t, Span>, std::less<>> modules;  // of a file: file numbers

  Named* find_value(std::string_view name);  // innermost first; nullptr if there is none
  Named* find_layer(std::string_view name);  // also values that hold a layer
  const NamedNode* find_node(std::string_view name) const;
  std::vector<std::string> value_names() const;
  std::vector<std::string> layer_names() const;
  std::vector<std::string> node_names() const;
};

}  // namespace ntkc::sema
