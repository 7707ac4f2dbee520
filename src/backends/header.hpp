// Parts that generated files of several backends share.
#pragma once
#include "backends/backend.hpp"
#include "backends/text.hpp"

namespace ntkc::backends {

void write_banner(Text& out, const Unit& unit);    // what made the file, from what, and its licence
void write_runtime(Text& out, const Unit& unit);   // an include, or the runtime itself
void write_networks(Text& out, const Unit& unit);  // all networks' namespaces, inside --namespace

}  // namespace ntkc::backends
