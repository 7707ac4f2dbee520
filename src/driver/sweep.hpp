// --sweep NAME=LO:HI:STEP.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace ntkc::driver {

struct Sweep {
  std::string name;
  std::vector<std::string> values;  // LO, LO + STEP, ... up to HI, computed in decimal: 0.1:0.3:0.1 has 0.3
};

// Nothing if it is no sweep: a name, three numbers, STEP > 0, LO <= HI, at most 100000 values.
std::optional<Sweep> parse_sweep(const std::string& text);

// "out/K.npy" with sigma_w=1.5 becomes "out/K.sigma_w=1.5.npy".
std::string name_with(const std::string& output, const std::string& name, const std::string& value);

}  // namespace ntkc::driver
