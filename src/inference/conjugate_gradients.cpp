#include "ntk/inference/conjugate_gradients.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "inference/checks.hpp"
#include "inference/hash.hpp"

namespace ntk::inference {

namespace {

Vector dots(const Matrix& a, const Matrix& b) { return a.cwiseProduct(b).colwise().sum().transpose(); }

class Iteration {
 public:
  Iteration(const Operator& kernel, const Preconditioner& preconditioner, MatrixIn targets, double ridge, CgState& state)
      : kernel_(kernel),
        preconditioner_(preconditioner),
        targets_(targets),
        ridge_(ridge),
        state_(state),
        z_(targets.rows(), targets.cols()) {}

  // From the residual as it is, with a fresh direction.
  void restart() {
    preconditioner_.apply(state_.r, z_);
    state_.p = z_;
    state_.rz = dots(state_.r, z_).cwiseMax(0);
    state_.steps.resize(0, targets_.cols());
    state_.ratios.resize(0, targets_.cols());
  }

  void restart_from_true_residual() {
    state_.r = targets_ - applied(state_.x);
    restart();
  }

  void advance() {
    const Matrix q = applied(state_.p);
    // A column without a residual is done: it takes steps of 0.
    const auto quotient = [](double a, double b) { return a > 0 && b > 0 ? a / b : 0.0; };
    const Vector step = state_.rz.binaryExpr(dots(state_.p, q), quotient);
    state_.x += state_.p * step.asDiagonal();
    state_.r -= q * step.asDiagonal();
    preconditioner_.apply(state_.r, z_);
    const Vector rz = dots(state_.r, z_).cwiseMax(0), ratio = rz.binaryExpr(state_.rz, quotient);
    state_.p = (z_ + state_.p * ratio.asDiagonal()).eval();
    state_.rz = rz;
    const Index made = state_.steps.rows();
    state_.steps.conservativeResize(made + 1, Eigen::NoChange);
    state_.ratios.conservativeResize(made + 1, Eigen::NoChange);
    state_.steps.row(made) = step.transpose();
    state_.ratios.row(made) = ratio.transpose();
    ++state_.iterations;
    if (ridge_ == 0) update_ritz();
  }

  // Of x, in the norm of K + ridge I. (K + ridge I) x is the targets less the residual.
  Vector error() const { return (ridge_ > 0 ? state_.rz : state_.rz.cwiseQuotient(state_.smallest_ritz).eval()).cwiseSqrt(); }
  Vector relative_error() const {
    const Vector norm = dots(state_.x, targets_ - state_.r).cwiseMax(0).cwiseSqrt();
    return error().binaryExpr(norm, [](double e, double n) { return e == 0 ? 0 : e / n; });
  }

 private:
  Matrix applied(const Matrix& x) const {
    Matrix out(x.rows(), x.cols());
    kernel_.apply(x, out);
    return out + ridge_ * x;
  }

  // The coefficients are those of Lanczos' tridiagonal matrix of P⁻¹K (Golub & Van Loan 2013, section 10.2 and 11.3).
  void update_ritz() {
    for (Index c = 0; c < state_.steps.cols(); ++c) {
      const auto steps = state_.steps.col(c), ratios = state_.ratios.col(c);
      const Index made = (steps.array() > 0).count();
      if (made < steps.size()) continue;  // done
      Vector diagonal = steps.cwiseInverse();
      diagonal.tail(made - 1) += ratios.head(made - 1).cwiseQuotient(steps.head(made - 1));
      const Vector beside = ratios.head(made - 1).cwiseSqrt().cwiseQuotient(steps.head(made - 1));
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
      solver.computeFromTridiagonal(diagonal, beside, Eigen::EigenvaluesOnly);
      state_.smallest_ritz(c) = std::min(state_.smallest_ritz(c), solver.eigenvalues()(0));
    }
  }

  const Operator& kernel_;
  const Preconditioner& preconditioner_;
  const Matrix targets_;
  double ridge_;
  CgState& state_;
  Matrix z_;
};

}  // namespace

CgSolution conjugate_gradients(const Operator& kernel, const Preconditioner& preconditioner, MatrixIn targets, const CgOptions& options,
                               CgState state) {
  check_shape("the targets", targets, kernel.size(), targets.cols());
  check_finite("the targets", targets);
  check_range("the ridge", options.ridge, 0, std::numeric_limits<double>::max());
  check_range("the tolerance", options.tolerance, 0, kForever);
  if (options.ridge > 0) check_range("the preconditioner's shift", preconditioner.shift(), 0, options.ridge);
  Hash hash;
  const Matrix y = targets;
  hash.add(y.data(), static_cast<std::size_t>(y.size()) * sizeof(double));
  for (const double number : {static_cast<double>(y.rows()), static_cast<double>(y.cols()), options.ridge, preconditioner.shift(),
                              static_cast<double>(preconditioner.rank())})
    hash.add(&number, sizeof number);
  Iteration iteration(kernel, preconditioner, targets, options.ridge, state);
  if (state.problem == 0) {
    state.problem = hash.value();
    state.x = Matrix::Zero(y.rows(), y.cols());
    state.r = y;
    state.smallest_ritz = Vector::Ones(y.cols());
    iteration.restart();
  } else if (state.problem != hash.value()) {
    throw FileError("the saved state", "it belongs to other targets, another ridge or another preconditioner");
  }

  CgSolution out;
  double before = kForever;  // what the error was when it was last checked
  while (true) {
    const double error = iteration.relative_error().maxCoeff();
    if (state.iterations > 0 && error <= options.tolerance) {
      iteration.restart_from_true_residual();
      const double truth = iteration.relative_error().maxCoeff();
      out.converged = truth <= options.tolerance;
      if (out.converged || truth > before / 2) break;  // rounding leaves no more
      before = truth;
    }
    if (state.iterations >= options.iterations) break;
    iteration.advance();
    if (options.progress && !options.progress({state.iterations, iteration.relative_error().maxCoeff(), state})) break;
  }
  out.weights = state.x;
  out.iterations = state.iterations;
  out.error = iteration.error();
  out.relative_error = iteration.relative_error();
  out.rigorous = options.ridge > 0;
  out.state = std::move(state);
  return out;
}

}  // namespace ntk::inference
