// One row of the registry of backends: a way to write plans as a file. A backend's file defines one of these.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"

namespace ntkc::backends {

struct Options {
  std::string name_space;   // "" or "app::kernels": where the networks' namespaces go
  bool standalone = false;  // with the runtime inside, so that the file needs the standard library only
  std::string stem;         // of the spec's file: "mlp" of mlp.ntk; an identifier is made of it where one is needed
  std::string spec;         // the spec's file name without folders: "mlp.ntk"
  std::string sha256;       // of the spec's text, in hex
  std::string version;      // of the compiler
};

struct Network {
  plan::Plan plan;                           // its outputs are the kernels that the evaluator has
  std::vector<std::string> notes;            // lines for readers: the layers as a formula, each activation's method, bound and paper
  std::vector<plan::Plan> derivatives = {};  // with respect to its params (Plan::by), each once
};

struct Unit {
  std::vector<Network> networks;
  Options options;
};

struct Backend {
  std::string_view name;         // of --emit
  std::string_view description;  // one line of help
  std::string_view extension;    // of the output's default name: STEM + extension
  std::string (*emit)(const Unit& unit) = nullptr;
};

std::span<const Backend> all();              // in order of backends.def
const Backend* find(std::string_view name);  // nullptr if there is none

}  // namespace ntkc::backends
