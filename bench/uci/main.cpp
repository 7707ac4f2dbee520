// ntkc_uci FOLDER [MOST_SAMPLES]: the experiment of Arora et al. 2020 (1910.01663), section 4, on all data sets in FOLDER with at most so
// many samples: kernels by `ntkc eval`, support vector machines by libsvm. Of depths 1 to 5, numbers of layers that are not trained, and C
// = 0.01 to 10,000 the first best on the validation split counts; the result of a set is the mean accuracy of its four folds.
#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <numeric>

#include "io/npy.hpp"
#include "io/read.hpp"
#include "svm.hpp"

namespace fs = std::filesystem;

namespace {

constexpr int kDepths = 5;

void write_npy(const fs::path& path, const DataSet& data) {
  std::string bytes = ntkc::io::npy_prefix(ntkc::io::Dtype::f64, {data.samples, data.features});
  ntkc::io::append_numbers(ntkc::io::Dtype::f64, data.x.data(), data.x.size(), bytes);
  std::ofstream(path, std::ios::binary) << bytes;
}

std::vector<double> kernel_of(const fs::path& folder, int depth, int fixed) {
  const std::string command = fmt::format("'{}' eval -q --threads 1 '{}' -D depth={} -D fixed={} --x '{}' -o '{}'", NTKC_BINARY,
                                          NTKC_NETWORK, depth, fixed, (folder / "x.npy").string(), (folder / "k.npy").string());
  ntkc::Diagnostics diagnostics;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  auto kernel = ntkc::io::read((folder / "k.npy").string(), {}, diagnostics);
  if (!kernel) throw std::runtime_error("cannot read what was written by " + command);
  return std::move(kernel->values);
}

struct Choice {
  double accuracy = -1, cost = 0;
  int depth = 0, fixed = 0;
  std::vector<double> kernel;
};

double accuracy(const DataSet& data, const fs::path& folder) {
  write_npy(folder / "x.npy", data);
  Choice best;
  for (int depth = 1; depth <= kDepths; ++depth)
    for (int fixed = 0; fixed < depth; ++fixed) {
      const auto kernel = kernel_of(folder, depth, fixed);
      for (int power = -2; power <= 4; ++power) {
        const double cost = std::pow(10, power), reached = svm_accuracy(kernel, data.labels, data.validation, cost);
        if (reached > best.accuracy) best = {reached, cost, depth, fixed, kernel};
      }
    }
  double sum = 0;
  for (const Split& fold : data.folds) sum += svm_accuracy(best.kernel, data.labels, fold, best.cost);
  return sum / static_cast<double>(data.folds.size());
}

std::vector<DataSet> read_all(const fs::path& folder, std::size_t most) {
  std::vector<DataSet> sets;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory())
      if (auto data = read_data_set(entry.path().string()); data.samples <= most) sets.push_back(std::move(data));
  std::ranges::sort(sets, std::greater{}, &DataSet::samples);  // the longest first, so that all threads end together
  return sets;
}

int run(const fs::path& folder, std::size_t most) {
  const auto sets = read_all(folder, most);
  std::vector<double> results(sets.size());
  std::mutex printing;
  const fs::path work = fs::temp_directory_path() / fmt::format("ntkc-uci-{}", getpid());
  std::atomic<std::size_t> next = 0;
  tbb::parallel_for(0, tbb::this_task_arena::max_concurrency(), [&](int) {
    for (std::size_t i = next++; i < sets.size(); i = next++) {
      const fs::path mine = work / sets[i].name;
      fs::create_directories(mine);
      results[i] = accuracy(sets[i], mine);
      const std::scoped_lock lock(printing);
      fmt::print("{:<36}{:>6} samples {:>8.3f} %\n", sets[i].name, sets[i].samples, 100 * results[i]);
      std::fflush(stdout);
    }
  });
  fs::remove_all(work);
  const double count = static_cast<double>(results.size()), mean = std::reduce(results.begin(), results.end()) / count;
  double square = 0;
  for (const double r : results) square += (r - mean) * (r - mean) / count;
  fmt::print("{} sets: {:.3f} % +- {:.3f}\n", results.size(), 100 * mean, 100 * std::sqrt(square));
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    fmt::print(stderr, "usage: ntkc_uci FOLDER [MOST_SAMPLES]\n");
    return 2;
  }
  try {
    return run(words[1], count > 2 ? std::strtoull(words[2], nullptr, 10) : ~std::size_t{0});
  } catch (const std::exception& fault) {
    fmt::print(stderr, "ntkc_uci: {}\n", fault.what());
    return 1;
  }
}
