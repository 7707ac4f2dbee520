// The files that the examples of diagnostics speak of.
#pragma once
#include <cmath>
#include <functional>

#include "io/npy.hpp"
#include "tests/driver/process.hpp"

namespace test {

// Samples of doubles: `value` of row and column.
inline std::string npy(std::size_t rows, std::size_t columns, const std::function<double(std::size_t, std::size_t)>& value) {
  std::string bytes = ntkc::io::npy_prefix(ntkc::io::Dtype::f64, {rows, columns});
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const double v = value(i, j);
      bytes.append(reinterpret_cast<const char*>(&v), sizeof v);
    }
  return bytes;
}

// Different rows and columns, no zeros.
inline double plain(std::size_t i, std::size_t j) { return std::sin(1.0 + 3.0 * static_cast<double>(i) + static_cast<double>(j)); }

inline void fixtures(const Folder& folder) {
  const std::string mlp = "ntk 1\nparam depth = 2\nnetwork mlp { input x: [4]; repeat depth { dense(sigma_b = 0.1); relu }; dense }\n";
  for (const char* name : {"a.ntk", "b.ntk"}) write(folder / name, mlp);
  write(folder / "mlp.ntk", mlp);
  for (const char* name : {"a", "b"}) {
    fs::create_directory(folder / name);
    write(folder / name / "net.ntk", mlp);
  }
  write(folder / "net.ntk", "ntk 1\nconst size = 3\nnetwork n { input x: [4]; dense(width = size); relu; dense }\n");
  write(folder / "two.ntk", "ntk 1\nnetwork n { input a: [4]; input b: [4]; sum { branch { dense } branch from b { dense } } }\n");
  write(folder / "several.ntk", "ntk 1\nnetwork n { input x: [4]; dense }\nnetwork m { input x: [4]; dense; relu; dense }\n");
  write(folder / "sequence.ntk", "ntk 1\nnetwork n { input x: [d]; dense; relu; dense }\n");
  write(folder / "deep.ntk", "ntk 1\nnetwork n { input x: [4]; repeat 60 { dense(sigma_w = 1, sigma_b = 1); tanh }; dense }\n");
  write(folder / "explosive.ntk", "ntk 1\nnetwork n { input x: [4]; repeat 3 { dense(sigma_w = 10); exp(1, 1) }; dense }\n");
  write(folder / "bent.ntk", "ntk 1\nparam sigma_w = 1.5\nnetwork n { input x: [4]; dense(sigma_w = sigma_w); selu; dense }\n");
  write(folder / "kernel_only.ntk", "ntk 1\nnetwork n { input x: [4]; dense; exp_normalized; dense }\n");
  write(folder / "untidy.ntk", "ntk 1 network   n{input x:[4];dense}");
  write(folder / "old.hpp", "// of another time\n");
  write(folder / "params.json", "[1, 2]");
  write(folder / "other.npy.state", "ntkc-state 1 2048 {}\n");
  write(folder / "kernel.npy", npy(2, 2, plain));

  const std::string good = npy(5, 4, plain);
  for (const char* name : {"x.npy", "a.npy", "short.npy"}) write(folder / name, good);
  write(folder / "b.npy", npy(3, 4, plain));
  write(folder / "ten.npy", npy(10, 4, plain));
  write(folder / "wide.npy", npy(5, 7, plain));
  write(folder / "long.npy", npy(5, 9, plain));
  write(folder / "large.npy", npy(5, 4, [](std::size_t i, std::size_t j) { return 1e3 * plain(i, j); }));
  write(folder / "twice.npy", npy(5, 4, [](std::size_t i, std::size_t j) { return plain(i % 3, j); }));
  write(folder / "zero.npy", npy(5, 4, [](std::size_t i, std::size_t j) { return i == 2 ? 0 : plain(i, j); }));
  write(folder / "constant.npy", npy(5, 4, [](std::size_t i, std::size_t j) { return j == 1 ? 0.5 : plain(i, j); }));
  write(folder / "nan.npy", npy(5, 4, [](std::size_t i, std::size_t j) { return i == 2 && j == 1 ? std::nan("") : plain(i, j); }));
  write(folder / "half.npy", good.substr(0, good.size() / 2 + 20));
  write(folder / "damaged.npy", good.substr(0, 20) + "?" + good.substr(21));
  write(folder / "near.npy", npy(5, 4, [](std::size_t i, std::size_t j) { return plain(i % 3, j) + (i > 2 ? 1e-12 * plain(i, j) : 0); }));
  write(folder / "y.npy", npy(5, 2, plain));
  write(folder / "labels.csv", "0\n1\n0\n2\n1\n");
  write(folder / "others.csv", "0\n1\n3\n0\n1\n");
  write(folder / "alike.csv", "0.5\n1\n0\n0.5\n1\n");
  const auto replaced = [](std::string bytes, const std::string& what, const std::string& by) {
    return bytes.replace(bytes.find(what), what.size(), by);
  };
  write(folder / "complex.npy", replaced(good, "<f8", "<c8"));
  write(folder / "scalar.npy", replaced(npy(1, 1, plain), "(1, 1)", "()    "));
  write(folder / "huge.npy", ntkc::io::npy_prefix(ntkc::io::Dtype::f64, {1000000000, 4}));
  fs::resize_file(folder / "huge.npy", 128 + 32000000000);  // a hole: no disk is used
  write(folder / "empty.csv", "");
  write(folder / "typo.csv", "1,2,3,4\n1,2,x,4\n");
  write(folder / "ragged.csv", "1,2,3,4\n1,2,3\n");
  write(folder / "digits.png", "\x89PNG\r\n\x1a\n and no numbers");
  folder.ntkc("eval mlp.ntk --x x.npy --kernel both -o data.npz");
}

}  // namespace test
