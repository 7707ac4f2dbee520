// Hashes for provenance.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ntkc {

std::string sha256_hex(std::string_view bytes);

// Of a file, in bounded memory; nothing if it cannot be read.
std::optional<std::string> sha256_of_file(const std::string& path);

}  // namespace ntkc
