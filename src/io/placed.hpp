// .npy, and .npz as several of them in one file: every number has its place from the start, so blocks come in any order, and what an
// interrupted run has completed need not come again.
#pragma once
#include "io/writer.hpp"

namespace ntkc::io {

std::uint64_t bytes_of_placed(const Results& results, bool archive);
std::unique_ptr<Writer> make_placed(const std::string& path, const Results& results, bool archive, const Work& work, bool resume);

}  // namespace ntkc::io
