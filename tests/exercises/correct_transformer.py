"""Correct answers to the transformer's exercises."""

import numpy as np
from styles import answers


def shares(scores):
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


@answers("causal_mask")
def mask_by_comparing(T):
    return np.arange(T)[None, :] <= np.arange(T)[:, None]


@answers("causal_mask")
def mask_with_loops(T):
    mask = np.zeros((T, T), dtype=bool)
    for t in range(T):
        mask[t, : t + 1] = True
    return mask


@answers("causal_mask")
def mask_of_ones_and_zeros(T):
    return np.tril(np.ones((T, T))) == 1


@answers("causal_mask")
def mask_turned_over(T):
    return ~np.triu(np.full((T, T), True), k=1)


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


@answers("self_attention_backward", words_ask_one_after_another)
def asked_back_one_after_another(dout, cache):
    x, Wq, Wk, Wv, weights = cache
    dx = np.zeros_like(x)
    dWq, dWk, dWv = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv)
    root = np.sqrt(Wq.shape[1]).astype(x.dtype)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            seen, w, g = x[n, : t + 1], weights[n, t, : t + 1], dout[n, t]
            dv = np.outer(w, g)
            dw = (seen @ Wv) @ g
            ds = (np.diag(w) - np.outer(w, w)) @ dw / root
            dq, dk = ds @ (seen @ Wk), np.outer(ds, x[n, t] @ Wq)
            dx[n, t] += dq @ Wq.T
            dx[n, : t + 1] += dk @ Wk.T + dv @ Wv.T
            dWq += np.outer(x[n, t], dq)
            dWk += seen.T @ dk
            dWv += seen.T @ dv
    return dx, dWq, dWk, dWv


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


@answers("layer_norm_backward", norm_on_rows)
def norm_back_with_jacobians(dout, cache):
    x, gamma, _, eps = cache
    D = x.shape[-1]
    dx, dgamma, dbeta = np.zeros_like(x), np.zeros_like(gamma), np.zeros_like(gamma)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            c = x[n, t] - x[n, t].mean()
            s = np.sqrt((c**2).mean() + eps)
            jacobian = (np.eye(D) - 1 / D - np.outer(c, c) / (D * s**2)) / s
            dx[n, t] = jacobian @ (gamma * dout[n, t])
            dgamma += dout[n, t] * c / s
            dbeta += dout[n, t]
    return dx, dgamma, dbeta
