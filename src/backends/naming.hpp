// The names that a network gets in a target: all of them, chosen once, so that nothing clashes.
#pragma once
#include <string>
#include <vector>

#include "backends/spelling.hpp"
#include "plan/plan.hpp"

namespace ntkc::backends {

struct Naming {
  std::string network;                 // its namespace
  std::vector<std::string> params;     // fields of Params
  std::vector<std::string> inputs;     // pointers to the inputs of a row
  std::vector<std::string> parameter;  // members of the model: slots of the parameter program
  std::vector<std::string> sample;     // members of Sample
  std::vector<std::string> phi;        // member functions: activations
  std::vector<std::string> local[4];   // of each Program
  std::vector<ParamName> param_names;  // params as the model spells them
};
Naming names_of(const plan::Plan& plan);
std::string derivative_name(const plan::Plan& derived);  // d_sigma_w: of the namespace inside the network's
std::string network_name(std::string_view network);      // no keyword, not std or ntk

}  // namespace ntkc::backends
