"""What neural-tangents does with the NTK of three layers of tanh by its numerical quadrature; float64; compiled.

usage: python peer.py DEGREE time N                  seconds for N samples (normal numbers, 784 features), the best of three
       python peer.py DEGREE kernel FEATURES X ...   the matrix of the samples given one after the other
"""
import sys
import time
import warnings

import jax

jax.config.update("jax_enable_x64", True)
warnings.filterwarnings("ignore")
import jax.numpy as jnp
import numpy as np
from neural_tangents import stax

degree, task, numbers = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
dense = stax.Dense(1, 1.4, 0.1)
tanh = stax.ElementwiseNumerical(jnp.tanh, degree, lambda x: 1 - jnp.tanh(x) ** 2)
kernel = jax.jit(lambda x: stax.serial(*[dense, tanh] * 3, dense)[2](x, None, "ntk"))
if task == "time":
    x = jnp.asarray(np.random.default_rng(1).standard_normal((int(numbers[0]), 784)))
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        jax.block_until_ready(kernel(x))
        seconds.append(time.perf_counter() - start)
    print(min(seconds[1:]))
else:
    x = jnp.asarray(np.array([float(v) for v in numbers[1:]]).reshape(-1, int(numbers[0])))
    print(*[f"{v:.17g}" for v in np.asarray(kernel(x)).ravel()])
