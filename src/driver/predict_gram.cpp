// The kernel of the training samples: computed, or from the file that `ntkc eval` wrote.
#include <cmath>
#include <fstream>

#include "driver/predict_methods.hpp"
#include "io/npy.hpp"

namespace ntkc::driver {
namespace {

using inference::Index;
using inference::Matrix;

// Of another spec or other samples some entry of the last row is different, by more than what float32 rounds away.
bool is_of_samples(Work& work, Index size, const inference::Vector& last_row) {
  constexpr double kRounding = 1e-5;
  const Data& train = work.job.train;
  const std::string& kernel = work.job.plan.outputs[work.own()].name;
  const auto refuse = [&](const std::string& why) {
    work.diagnostics.report_global(Code::gram_of_another, work.job.options.gram, kernel, why);
    return false;
  };
  const auto n = static_cast<Index>(train.samples.rows);
  if (size != n) return refuse(fmt::format("it has {} rows, and there are {} samples", size, n));
  const inference::Vector diagonal = work.kernels.diag(train)[work.own()];
  Matrix expected(1, n);
  work.kernels.rows(train, work.own(), n - 1, expected);
  expected(0, n - 1) = diagonal(n - 1);
  for (Index j = 0; j < n; ++j)
    if (!(std::abs(last_row(j) - expected(0, j)) <= kRounding * std::sqrt(diagonal(j) * diagonal(n - 1))))
      return refuse(fmt::format("entry ({}, {}) is {:.6g} there, and {:.6g} by this spec", n - 1, j, last_row(j), expected(0, j)));
  return true;
}

bool begins_with(const std::string& path, const std::string& prefix) {
  std::string start(prefix.size(), ' ');
  std::ifstream(path, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == prefix;
}

}  // namespace

std::optional<Matrix> training_gram(Work& work) {
  const std::string& file = work.job.options.gram;
  if (file.empty()) return std::move(work.kernels.gram(work.job.train)[work.own()]);
  const auto read = io::read(file, {}, work.diagnostics);
  if (!read) return std::nullopt;
  const auto rows = static_cast<Index>(read->rows), columns = static_cast<Index>(read->columns);
  Matrix gram = Eigen::Map<const Matrix>(read->values.data(), rows, columns);
  if (!is_of_samples(work, rows == columns ? rows : 0, gram.row(rows - 1).transpose())) return std::nullopt;
  return gram;
}

std::unique_ptr<inference::MatrixFile> open_gram(Work& work) {
  using Type = inference::MatrixFile::Type;
  const std::string& path = work.job.options.gram;
  const std::size_t n = work.job.train.samples.rows;
  for (const io::Dtype dtype : {io::Dtype::f64, io::Dtype::f32}) {
    const std::string prefix = io::npy_prefix(dtype, {n, n});
    if (!begins_with(path, prefix)) continue;
    auto file = std::make_unique<inference::MatrixFile>(path, static_cast<Index>(n),
                                                        dtype == io::Dtype::f32 ? Type::float32 : Type::float64, prefix.size());
    Matrix last(1, static_cast<Index>(n));
    file->read(static_cast<Index>(n) - 1, last);
    if (!is_of_samples(work, static_cast<Index>(n), last.row(0).transpose())) return nullptr;
    return file;
  }
  work.diagnostics.report_global(Code::gram_of_another, path, work.job.plan.outputs[work.own()].name,
                                 fmt::format("it does not begin as a matrix of {0} x {0} numbers that `ntkc eval` wrote", n));
  return nullptr;
}

}  // namespace ntkc::driver
