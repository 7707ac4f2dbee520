// Kernel regression on Fashion-MNIST with the evaluator that ntkc generated from ../mlp.ntk.
//   demo DATA K.npy TRAIN TEST: the folder of the data, the matrix that `ntkc eval` computed, numbers of images
#include <Eigen/Cholesky>
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

// Runs f(begin, end) for parts of the rows, each on a thread of its own.
template <class F>
void share(Eigen::Index rows, bool triangle, F f) {
  const unsigned parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::thread> threads;
  std::size_t begin = 0;
  for (unsigned p = 1; p <= parts; ++p) {
    const double part = double(p) / parts;
    const auto end = static_cast<std::size_t>(double(rows) * (triangle ? std::sqrt(part) : part));  // equal numbers of pairs
    threads.emplace_back([=] { f(ntk::RowRange{begin, p == parts ? static_cast<std::size_t>(rows) : end}); });
    begin = end;
  }
  for (auto& thread : threads) thread.join();
}

int run(const std::string& data, const std::string& kernel, Eigen::Index train, Eigen::Index test) {
  Clock clock;
  const Matrix x = demo::read_idx(data + "/train-images-idx3-ubyte.gz", train),
               t = demo::read_idx(data + "/t10k-images-idx3-ubyte.gz", test);
  const Matrix labels = demo::read_idx(data + "/train-labels-idx1-ubyte.gz", train, 1),
               truth = demo::read_idx(data + "/t10k-labels-idx1-ubyte.gz", test, 1);
  clock.lap("reading images");

  const mlp::Evaluator k;  // defaults from the spec; mlp::Evaluator{{.sigma_w = 1.2}} tunes it
  Matrix gram(train, train), cross(test, train);
  share(train, true, [&](ntk::RowRange rows) { k.gram(x, gram, ntk::ntk, rows); });
  clock.lap("NTK of the training images, generated evaluator");
  share(test, false, [&](ntk::RowRange rows) { k.cross(t, x, cross, ntk::ntk, rows); });
  clock.lap("NTK of test with training images");

  const double difference = (gram - demo::read_npy(kernel, train)).cwiseAbs().maxCoeff() / gram.maxCoeff();
  clock.lap("comparing with `ntkc eval`");
  std::printf("  largest difference, relative: %.1e\n", difference);
  if (!(difference < 1e-12)) return std::puts("the generated evaluator and ntkc eval disagree"), 1;

  constexpr int kClasses = 10;
  Matrix targets = Matrix::Constant(train, kClasses, -1.0 / kClasses);
  for (Eigen::Index i = 0; i < train; ++i) targets(i, static_cast<int>(labels(i, 0))) += 1;
  gram.diagonal().array() += 1e-3 * gram.trace() / double(train);  // a little ridge: labels are noisy
  const Eigen::LLT<Eigen::MatrixXd> cholesky(gram);
  if (cholesky.info() != Eigen::Success) return std::puts("the kernel is not positive definite"), 1;
  const Matrix answers = cross * cholesky.solve(Eigen::MatrixXd(targets));
  clock.lap("Cholesky regression");

  Eigen::Index right = 0;
  for (Eigen::Index i = 0; i < test; ++i) {
    Eigen::Index best = 0;
    answers.row(i).maxCoeff(&best);
    right += best == static_cast<int>(truth(i, 0));
  }
  std::printf("\n  test accuracy on %ld held-out images: %.2f %%\n", long(test), 100 * double(right) / double(test));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fputs("usage: demo DATA K.npy TRAIN TEST\n", stderr), 2;
  try {
    return run(argv[1], argv[2], std::stol(argv[3]), std::stol(argv[4]));
  } catch (const std::exception& e) {
    return std::fprintf(stderr, "demo: %s\n", e.what()), 1;
  }
}
