// α = (K + ridge I)⁻¹ y for kernels that are too large to factor: preconditioned conjugate gradients, all outputs at once, with an error
// bound.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "ntk/inference/operator.hpp"

namespace ntk::inference {

// P = L Lᵀ + shift I with L the partial pivoted Cholesky factor of K, n × rank (Harbrecht, Peters & Schneider 2012): rank rows of the
// kernel and n × rank numbers of memory. Since K − L Lᵀ is positive semidefinite, P ≤ K + ridge I for shift = ridge, which gives the error
// bound below.
class Preconditioner {
 public:
  // The shift is the ridge, or, without one, the mean of what is left of the diagonal (at least 1e-14 of its mean). rank ends early when
  // nothing is left; 0 is the identity times the shift. Throws OutOfRange.
  Preconditioner(const Operator& kernel, Index rank, double ridge);
  Index rank() const { return rank_; }
  double shift() const { return shift_; }
  double left() const { return left_; }  // trace(K − L Lᵀ) / trace K
  // z = P⁻¹ r, both n × c: (r − Q Qᵀ r)/shift, Q the upper part of an orthonormal basis of [L; √shift I], which loses no digits.
  void apply(MatrixIn r, MatrixOut z) const;

 private:
  Matrix basis_;  // of [L; √shift I], a row each
  Index rank_ = 0;
  double shift_, left_ = 0;
};

// All that the next iteration needs: a run that goes on from it gives the same bits as one that was never stopped.
struct CgState {
  Index iterations = 0;
  std::uint64_t problem = 0;  // a hash of the targets, the ridge and the preconditioner's rank and shift; 0: nothing begun
  Matrix x, r, p;             // n × outputs
  Vector rz;                  // rᵀ P⁻¹ r, an output each
  Vector smallest_ritz;       // of P⁻¹(K + ridge I), an output each, so far
  Matrix steps, ratios;       // iterations × outputs: the coefficients, for Ritz values

  // One file with a checksum, written beside and renamed. Throw FileError.
  void save(const std::string& path) const;
  static CgState load(const std::string& path);
};

struct CgProgress {
  Index iterations;
  double error;  // the bound, relative; the worst output
  const CgState& state;
};

struct CgOptions {
  double ridge = 0;                                 // in the kernel's unit
  double tolerance = 1e-6;                          // of the relative error in the norm of K + ridge I
  Index iterations = 1000;                          // the most
  std::function<bool(const CgProgress&)> progress;  // after each iteration; false ends the run, to be taken up again from the state
};

struct CgSolution {
  Matrix weights;  // α, n × outputs
  Index iterations = 0;
  bool converged = false;  // the bound is below the tolerance, checked with a residual computed afresh
  // ‖α − α*‖ in the norm of K + ridge I, an output each, and relative to ‖α‖. It is at most √(rᵀP⁻¹r) since P ≤ K + ridge I. A prediction
  // at x is off by at most √k(x, x) times the absolute one.
  Vector error, relative_error;
  // false without a ridge: the bound is then divided by the smallest Ritz value, which only estimates the smallest eigenvalue.
  bool rigorous = false;
  CgState state;
};

// targets: n × outputs. state: of an earlier run of the same problem, or a new one. Memory: five n × outputs matrices beside the kernel's.
// Throws WrongShape, NotFinite, OutOfRange, FileError (a state of another problem).
CgSolution conjugate_gradients(const Operator& kernel, const Preconditioner& preconditioner, MatrixIn targets, const CgOptions& options,
                               CgState state = {});

}  // namespace ntk::inference
