// NETWORK fashion|gaussian f64|f32: the least seconds of three that the full NTK matrix of 4,000 samples takes by a generated header, as a
// caller would compile it (-O3 -march=native), with NTK_USE_CBLAS or without. A program of its own: what is compiled for other instruction
// sets must not share its templates.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <thread>

#include "../samples.hpp"
#include "gelu_3.ntk.hpp"
#include "relu_3.ntk.hpp"
#include "relu_bias_3.ntk.hpp"
#include "tanh_3.ntk.hpp"

#ifdef NTK_USE_CBLAS
extern "C" void openblas_set_num_threads(int);
#endif

namespace {

// Parts of equal numbers of pairs, a thread each: the header starts none. They share norms and fits.
template <class Evaluator, class T>
void gram(const Evaluator& evaluator, const bench::Samples& x, std::vector<T>& k) {
  const unsigned parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  std::size_t begin = 0;
  const auto prepared = evaluator.template prepare<T>(ntk::ConstMatrixView<double>(x.values.data(), x.rows, x.columns));
  for (unsigned p = 1; p <= parts; ++p) {
    const auto end = p == parts ? x.rows : static_cast<std::size_t>(static_cast<double>(x.rows) * std::sqrt(double(p) / parts));
    threads.emplace_back([&, begin, end] {
      prepared.gram(ntk::MatrixView<T>(k.data(), x.rows, x.rows), ntk::ntk, ntk::RowRange{begin, end});
    });
    begin = end;
  }
  for (auto& thread : threads) thread.join();
}

template <class Evaluator, class T>
double seconds_of(const bench::Samples& x) {
  using Clock = std::chrono::steady_clock;
  const Evaluator evaluator;
  std::vector<T> k(x.rows * x.rows);
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 3; ++round) {
    const auto start = Clock::now();
    gram(evaluator, x, k);
    least = std::min(least, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return least;
}

template <class Evaluator>
double seconds(const bench::Samples& x, bool single) {
  return single ? seconds_of<Evaluator, float>(x) : seconds_of<Evaluator, double>(x);
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
#ifdef NTK_USE_CBLAS
  openblas_set_num_threads(1);
#endif
  constexpr std::size_t kSamples = 4000, kColumns = 784;
  const std::string network = words[1];
  const auto x = std::string(words[2]) == "fashion" ? bench::fashion(kSamples) : bench::gaussian(kSamples, kColumns);
  const bool single = std::string(words[3]) == "f32";
  if (x.rows == 0) return 1;
  const double least = network == "relu_3"        ? seconds<relu_3::Evaluator>(x, single)
                       : network == "relu_bias_3" ? seconds<relu_bias_3::Evaluator>(x, single)
                       : network == "gelu_3"      ? seconds<gelu_3::Evaluator>(x, single)
                                                  : seconds<tanh_3::Evaluator>(x, single);
  std::printf("%.17g\n", least);
}
