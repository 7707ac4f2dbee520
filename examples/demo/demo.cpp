// The NTK of Fashion-MNIST by the evaluator that ntkc generated from ../mlp.ntk, beside the matrix of `ntkc eval`.
//   demo DATA K.npy TRAIN: the folder of the data, the matrix that `ntkc eval` computed, how many images
#include <Eigen/Core>
#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>

#include "data.hpp"
#include "mlp.ntk.hpp"

namespace {

using demo::Matrix;

class Clock {
 public:
  void lap(const char* what) {
    const auto now = std::chrono::steady_clock::now();
    std::printf("  %-52s %7.2f s\n", what, std::chrono::duration<double>(now - last_).count());
    std::fflush(stdout);
    last_ = std::chrono::steady_clock::now();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Runs f for parts of the rows of a lower half, each on a thread of its own.
template <class F>
void share(Eigen::Index rows, F f) {
  const unsigned parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  std::size_t begin = 0;
  for (unsigned p = 1; p <= parts; ++p) {
    const auto end = static_cast<std::size_t>(double(rows) * std::sqrt(double(p) / parts));  // equal numbers of pairs
    threads.emplace_back([=] { f(ntk::RowRange{begin, p == parts ? static_cast<std::size_t>(rows) : end}); });
    begin = end;
  }
  for (auto& thread : threads) thread.join();
}

int run(const std::string& data, const std::string& kernel, Eigen::Index train) {
  Clock clock;
  const Matrix x = demo::read_idx(data + "/train-images-idx3-ubyte.gz", train);
  clock.lap("reading images");

  const mlp::Evaluator k;  // defaults from the spec; mlp::Evaluator{{.sigma_w = 1.2}} tunes it
  Matrix gram(train, train);
  const auto prepared = k.prepare(x);
  share(train, [&](ntk::RowRange rows) { prepared.gram(gram, ntk::ntk, rows); });
  clock.lap("NTK of the training images, generated evaluator");

  const double difference = (gram - demo::read_npy(kernel, train)).cwiseAbs().maxCoeff() / gram.maxCoeff();
  clock.lap("comparing with `ntkc eval`");
  std::printf("  largest difference, relative: %.1e\n", difference);
  if (!(difference < 1e-12)) return std::puts("the generated evaluator and ntkc eval disagree"), 1;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("usage: demo DATA K.npy TRAIN\n", stderr), 2;
  try {
    return run(argv[1], argv[2], std::stol(argv[3]));
  } catch (const std::exception& e) {
    return std::fprintf(stderr, "demo: %s\n", e.what()), 1;
  }
}
