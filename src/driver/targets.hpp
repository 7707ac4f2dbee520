// What kernel machines learn: targets or class labels of samples, from files.
#pragma once
#include <optional>
#include <vector>

#include "io/read.hpp"
#include "ntk/inference/labels.hpp"

namespace ntkc::driver {

enum class Labels : std::uint8_t { automatic, values, classes };

struct Targets {
  ::ntk::inference::Matrix values;               // [samples, outputs]; of classes one-hot minus 1/C
  std::vector<::ntk::inference::Label> classes;  // in order of outputs; empty: values
  std::vector<::ntk::inference::Label> labels;   // of each sample; empty: values
  std::string name;                              // the file
};

// Errors: those of io::read, 6016 (not as many as `samples`) and 6021.
std::optional<Targets> read_targets(const std::string& file, const io::Rows& rows, Labels how, std::size_t samples, const std::string& of,
                                    Diagnostics& diagnostics);
// Of tests, as the training targets are read. Errors: also 6022, 6023.
std::optional<Targets> read_targets_like(const Targets& train, const std::string& file, const io::Rows& rows, std::size_t samples,
                                         const std::string& of, Diagnostics& diagnostics);

}  // namespace ntkc::driver
