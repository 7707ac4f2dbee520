// Data from files: .npy, FILE.npz:NAME, .csv, IDX (.idx, .idx.gz, MNIST's names). The first axis is samples.
#pragma once
#include "io/matrix.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::io {

// The rows of a file that `rows` says, as doubles; nothing and a diagnostic (6xxx, 8001) if it cannot be read, is damaged, of a type that
// is not real numbers, too short, or has NaN or infinity. Memory: the matrix and a buffer.
std::optional<Matrix> read(const std::string& name, const Rows& rows, Diagnostics& diagnostics);

// The file that a name speaks of: without the `:NAME` of an npz.
std::string file_of(const std::string& name);

}  // namespace ntkc::io
