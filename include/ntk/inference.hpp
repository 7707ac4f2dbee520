// Kernel machines and training dynamics on kernel matrices of any origin: link ntkc::inference. docs/inference.md is the manual.
#pragma once
#include "ntk/inference/any_loss.hpp"
#include "ntk/inference/conjugate_gradients.hpp"
#include "ntk/inference/ensemble.hpp"
#include "ntk/inference/gaussian_process.hpp"
#include "ntk/inference/labels.hpp"
#include "ntk/inference/maximise.hpp"
#include "ntk/inference/operator.hpp"
#include "ntk/inference/regression.hpp"
#include "ntk/inference/training.hpp"
