// Which program computes which value: the split of one recursion by binding time.
#pragma once
#include <vector>

#include "ir/program.hpp"

namespace ntkc::plan {

enum class Home : std::uint8_t {
  parameter,
  sample,
  pair,
  nowhere
};  // nowhere: read, not computed (constants, params, inputs, primes, products)

struct Split {
  std::vector<bool> live;  // the outputs depend on it
  std::vector<Home> home;
  std::vector<bool> crosses;       // a later program reads it: it needs a slot
  std::vector<ir::Value> loop_of;  // the loop of each block; of the top level: unused
};
Split split(const ir::Program& program);

// The sample value behind prime(v), else v.
ir::Value unprimed(const ir::Program& program, ir::Value v);
bool is_product(const ir::Node& node);  // inner, distance or gram of features of x and of x'

}  // namespace ntkc::plan
