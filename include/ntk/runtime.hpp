// What generated C++ includes.
#pragma once
#ifndef NTK_RUNTIME_HPP
#define NTK_RUNTIME_HPP
#include "ntk/runtime/bends.hpp"
#include "ntk/runtime/bivariate.hpp"
#include "ntk/runtime/evaluator.hpp"
#include "ntk/runtime/gram.hpp"
#include "ntk/runtime/math.hpp"
#include "ntk/runtime/pair.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "ntk/runtime/views.hpp"
#include "ntk/runtime/wedges.hpp"
#endif
