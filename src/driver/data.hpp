// From data files to the samples of a network.
#pragma once
#include <map>

#include "io/read.hpp"
#include "plan/plan.hpp"

namespace ntkc::driver {

// The sizes that the data has given to named dimensions, and the file that did.
struct Dimension {
  std::size_t size = 0;
  std::string file;
};
using Dimensions = std::map<std::string, Dimension>;

struct Data {
  io::Matrix samples;               // a row holds the inputs one after another, as the network declares them
  std::vector<std::string> hashes;  // of the files, in that order
};

// `words` are FILE for a network of one input, or NAME=FILE each. The data is looked over for oddities (warnings 6101 to 6103).
// Errors: those of io::read, and 6013 to 6019 where data and inputs do not fit.
std::optional<Data> read_data(const std::vector<std::string>& words, const io::Rows& rows, const plan::Plan& plan, Dimensions& dimensions,
                              Diagnostics& diagnostics);

}  // namespace ntkc::driver
