"""Right answers to chapter 08, in many styles."""

import numpy as np

from right_answers import answers


@answers("causal_mask")
def mask_by_tri(T):
    return np.tri(T, dtype=bool)


@answers("causal_mask")
def mask_by_counting(T):
    return np.greater_equal.outer(np.arange(T), np.arange(T))


@answers("causal_mask")
def mask_by_comparing(T):
    return np.arange(T)[None, :] <= np.arange(T)[:, None]


def weights_of(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


@answers("self_attention_forward")
def words_ask_with_one_matrix(x, Wq, Wk, Wv):
    q, k, v = np.split(x @ np.concatenate([Wq, Wk, Wv], axis=1), 3, axis=2)
    scores = np.einsum("nth,nsh->nts", q, k) * Wq.shape[1] ** -0.5
    scores[:, ~np.tri(x.shape[1], dtype=bool)] = -np.inf
    weights = weights_of(scores)
    return weights @ v, weights, (x, Wq, Wk, Wv, q, k, v, weights)


@answers("self_attention_forward")
def words_forbidden_after_exp(x, Wq, Wk, Wv):
    scores = (x @ Wq) @ (x @ Wk).transpose(0, 2, 1) / np.sqrt(Wk.shape[1])
    e = np.exp(scores - scores.max(axis=2, keepdims=True)) * np.tri(x.shape[1])
    weights = e / e.sum(axis=2, keepdims=True)
    return weights @ (x @ Wv), weights, [x, Wq, Wk, Wv, weights]


def shares(scores):
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


@answers("self_attention_forward")
def words_ask_with_where(x, Wq, Wk, Wv):
    T = x.shape[1]
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    weights = shares(np.where(np.tril(np.ones((T, T), bool)), scores, -np.inf))
    return weights @ v, weights, (x, Wq, Wk, Wv, q, k, v, weights)


@answers("self_attention_forward")
def words_ask_with_einsum(x, Wq, Wk, Wv):
    q, k, v = (np.einsum("ntd,dh->nth", x, W) for W in (Wq, Wk, Wv))
    scores = np.einsum("nth,nsh->nts", q, k) / Wq.shape[1] ** 0.5
    late = np.triu_indices(x.shape[1], 1)
    scores[:, late[0], late[1]] = -np.inf
    weights = np.exp(scores)
    weights /= weights.sum(axis=2)[:, :, None]
    return np.einsum("nts,nsh->nth", weights, v), weights, {"x": x, "W": (Wq, Wk, Wv), "weights": weights}


@answers("self_attention_forward")
def words_ask_one_after_another(x, Wq, Wk, Wv):
    N, T, _ = x.shape
    out, weights = np.zeros((N, T, Wv.shape[1]), x.dtype), np.zeros((N, T, T), x.dtype)
    for n in range(N):
        for t in range(T):
            before = x[n, : t + 1]
            weights[n, t, : t + 1] = shares((before @ Wk) @ (x[n, t] @ Wq) / np.sqrt(Wq.shape[1]))
            out[n, t] = weights[n, t, : t + 1] @ (before @ Wv)
    return out, weights, (x, Wq, Wk, Wv, weights)


@answers("self_attention_forward")
def words_ask_with_a_large_number(x, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    mask = np.tril(np.ones((x.shape[1], x.shape[1])))
    scores = (q @ np.swapaxes(k, -1, -2)) / np.sqrt(Wk.shape[1]) + (1 - mask).astype(x.dtype) * -1e9
    weights = shares(scores)
    return weights @ v, weights, (x, Wq, Wk, Wv, q, k, v, scores, weights)


@answers("self_attention_backward", words_forbidden_after_exp)
def asked_back_from_five(dout, cache):
    x, Wq, Wk, Wv, weights = cache
    dweights = np.einsum("nth,nsh->nts", dout, x @ Wv)
    dscores = weights * dweights
    dscores = (dscores - weights * dscores.sum(axis=-1, keepdims=True)) * len(Wq.T) ** -0.5
    into = dscores @ (x @ Wk), dscores.swapaxes(1, 2) @ (x @ Wq), weights.swapaxes(1, 2) @ dout
    dx = sum(d @ W.T for d, W in zip(into, (Wq, Wk, Wv), strict=True))
    return dx, *(np.tensordot(x, d, axes=((0, 1), (0, 1))) for d in into)


@answers("self_attention_backward", words_ask_with_where)
def asked_back_with_matmul(dout, cache):
    x, Wq, Wk, Wv, q, k, v, weights = cache
    N, T, D = x.shape
    dv = weights.transpose(0, 2, 1) @ dout
    dweights = dout @ v.transpose(0, 2, 1)
    dscores = weights * (dweights - np.sum(weights * dweights, axis=-1, keepdims=True))
    dscores = dscores / np.sqrt(q.shape[-1])
    dq, dk = dscores @ k, dscores.transpose(0, 2, 1) @ q
    flat = x.reshape(N * T, D)
    dWq, dWk, dWv = (flat.T @ d.reshape(N * T, -1) for d in (dq, dk, dv))
    return dq @ Wq.T + dk @ Wk.T + dv @ Wv.T, dWq, dWk, dWv


@answers("self_attention_backward", words_ask_with_einsum)
def asked_back_with_einsum(dout, cache):
    x, (Wq, Wk, Wv), w = cache["x"], cache["W"], cache["weights"]
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    dw = np.einsum("nth,nsh->nts", dout, v)
    ds = (w * dw - w * np.einsum("nts,nts->nt", w, dw)[:, :, None]) / Wq.shape[1] ** 0.5
    grads = [np.einsum("nts,nsh->nth", ds, k), np.einsum("nts,nth->nsh", ds, q)]
    grads.append(np.einsum("nts,nth->nsh", w, dout))
    dx = sum(np.einsum("nth,dh->ntd", g, W) for g, W in zip(grads, (Wq, Wk, Wv), strict=True))
    return dx, *(np.tensordot(x, g, axes=([0, 1], [0, 1])) for g in grads)


@answers("multi_head_attention_forward")
def heads_by_split(query, key, value, W, b, num_heads, mask=None):
    q, k, v = query @ W[1] + b[1], key @ W[0] + b[0], value @ W[2] + b[2]
    q, k, v = (np.stack(np.split(each, num_heads, axis=-1), axis=1) for each in (q, k, v))
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores[..., np.logical_not(mask)] = -1e30
    weights = weights_of(scores)
    out = np.concatenate(list(np.moveaxis(weights @ v, 1, 0)), axis=-1)
    return out @ W[3] + b[3], weights, (query, key, value, W, b, num_heads, mask, q, k, v, weights)


@answers("multi_head_attention_forward")
def heads_with_transposes(query, key, value, W, b, num_heads, mask=None):
    N, S, D = query.shape
    T, d = key.shape[1], D // num_heads
    (Wk, Wq, Wv, Wp), (bk, bq, bv, bp) = W, b
    q = (query @ Wq + bq).reshape(N, S, num_heads, d).transpose(0, 2, 1, 3)
    k = (key @ Wk + bk).reshape(N, T, num_heads, d).transpose(0, 2, 1, 3)
    v = (value @ Wv + bv).reshape(N, T, num_heads, d).transpose(0, 2, 1, 3)
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(d)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = shares(scores)
    out = (weights @ v).transpose(0, 2, 1, 3).reshape(N, S, D)
    return out @ Wp + bp, weights, (query, key, value, W, q, k, v, weights, out)


@answers("multi_head_attention_forward")
def heads_one_after_another(query, key, value, W, b, num_heads, mask=None):
    q, k, v = query @ W[1] + b[1], key @ W[0] + b[0], value @ W[2] + b[2]
    found, every = [], []
    for columns in np.split(np.arange(query.shape[2]), num_heads):
        scores = q[:, :, columns] @ k[:, :, columns].swapaxes(1, 2) / len(columns) ** 0.5
        if mask is not None:
            scores[:, ~mask] = -1e30
        every.append(shares(scores))
        found.append(every[-1] @ v[:, :, columns])
    out = np.concatenate(found, axis=2) @ W[3] + b[3]
    return out, np.stack(every, axis=1), (query, key, value, W, b)


@answers("multi_head_attention_forward")
def heads_with_einsum(query, key, value, W, b, num_heads, mask=None):
    D = query.shape[2]
    cut = [part.reshape(D, num_heads, -1) for part in W[:3]]
    bias = [part.reshape(num_heads, 1, -1) for part in b[:3]]
    k, q, v = (
        np.einsum("ntd,dhe->nhte", x, w) + c for x, w, c in zip((key, query, value), cut, bias, strict=True)
    )
    scores = np.einsum("nhse,nhte->nhst", q, k) / np.sqrt(q.shape[-1])
    scores = scores if mask is None else scores + np.where(mask, 0, -np.inf)
    weights = shares(scores)
    out = np.einsum("nhst,nhte,hef->nsf", weights, v, W[3].reshape(num_heads, -1, D)) + b[3]
    return out, weights, (query, key, value, W, weights)


@answers("layer_norm_forward")
def norm_by_sums(x, gamma, beta, eps=1e-5):
    centred = x - x.sum(axis=2)[..., None] / x.shape[2]
    inverse = ((centred * centred).mean(axis=2, keepdims=True) + eps) ** -0.5
    return gamma * (centred * inverse) + beta, (centred, inverse, gamma)


@answers("layer_norm_forward")
def norm_with_var(x, gamma, beta, eps=1e-5):
    mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + eps)
    return gamma * x_hat + beta, (x, x_hat, mean, var, gamma, eps)


@answers("layer_norm_forward")
def norm_with_squares(x, gamma, beta, eps=1e-5):
    D = x.shape[-1]
    centred = x - x.sum(axis=2)[:, :, None] / D
    inverse = ((centred**2).sum(axis=2)[:, :, None] / D + eps) ** -0.5
    return centred * inverse * gamma + beta, {"centred": centred, "inverse": inverse, "gamma": gamma}


@answers("layer_norm_forward")
def norm_on_rows(x, gamma, beta, eps=1e-5):
    rows = x.reshape(-1, x.shape[-1]).T
    rows = (rows - rows.mean(axis=0)) / np.sqrt(rows.var(axis=0) + eps)
    return (rows.T * gamma + beta).reshape(x.shape), (x, gamma, beta, eps)


@answers("layer_norm_backward", norm_by_sums)
def norm_back_by_sums(dout, cache):
    centred, inverse, gamma = cache
    D = centred.shape[-1]
    d = dout * gamma * inverse
    dvariance = (dout * gamma * centred).sum(axis=2, keepdims=True) * -(inverse**3) / 2
    d = d + 2 * centred * dvariance / D
    dx = d - d.sum(axis=2, keepdims=True) / D
    return dx, (dout * centred * inverse).sum((0, 1)), dout.sum((0, 1))


@answers("layer_norm_backward", norm_with_var)
def norm_back_in_one_line(dout, cache):
    x, x_hat, mean, var, gamma, eps = cache
    g = dout * gamma
    inner = g - g.mean(axis=-1, keepdims=True) - x_hat * (g * x_hat).mean(axis=-1, keepdims=True)
    return inner / np.sqrt(var + eps), np.sum(dout * x_hat, axis=(0, 1)), np.sum(dout, axis=(0, 1))


@answers("layer_norm_backward", norm_with_squares)
def norm_back_step_by_step(dout, cache):
    centred, inverse, gamma = cache["centred"], cache["inverse"], cache["gamma"]
    D = centred.shape[-1]
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * centred, axis=-1, keepdims=True) * -0.5 * inverse**3
    dmean = -np.sum(dx_hat * inverse, axis=-1, keepdims=True)
    dx = dx_hat * inverse + dvar * 2 * centred / D + dmean / D
    return dx, np.einsum("ntd,ntd->d", dout, centred * inverse), dout.sum(axis=0).sum(axis=0)
