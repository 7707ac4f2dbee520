// Small results as text on standard output.
#pragma once
#include "io/writer.hpp"

namespace ntkc::driver {

bool is_small(const io::Results& results);  // fits a screen

// `heading` stands before the first array, if it is not empty; several arrays have their names before them.
std::unique_ptr<io::Writer> make_table(const io::Results& results, const std::string& heading);

}  // namespace ntkc::driver
