using ConvNN.Kernels.Convolution;

namespace ConvNN.Kernels.Tests.Convolution;

/// <summary>
/// The convolution once more, in double and by scattering: each (sample, filter, position, tap) is visited once and
/// gives its product to all four sums. It shares no index arithmetic with the kernels.
/// </summary>
internal sealed class Conv2dOracle
{
    private readonly Conv2dGeometry _geometry;
    private readonly Sums _y, _dx, _dw, _db;

    public Conv2dOracle(Conv2dProblem problem)
    {
        Conv2dGeometry g = _geometry = problem.Geometry;
        (_y, _dx) = (new Sums(problem.Dy.Length), new Sums(problem.X.Length));
        (_dw, _db) = (new Sums(problem.W.Length), new Sums(problem.B.Length));
        int positions = g.OutputHeight * g.OutputWidth;
        for (int at = 0; at < g.Samples * g.Filters * positions; at++)
        {
            (int n, int f, int p) = (at / positions / g.Filters, at / positions % g.Filters, at % positions);
            (int top, int left) = ((p / g.OutputWidth * g.StrideHeight) - g.PaddingHeight, (p % g.OutputWidth * g.StrideWidth) - g.PaddingWidth);
            int output = (n * g.OutputStride) + (f * positions) + p;
            _y.Add(output, problem.B[f]);
            _db.Add(f, problem.Dy[output]);
            for (int tap = 0; tap < g.Taps; tap++)
            {
                int c = (f * g.Groups / g.Filters * (g.Channels / g.Groups)) + (tap / (g.KernelHeight * g.KernelWidth));
                (int ih, int iw) = (top + (tap / g.KernelWidth % g.KernelHeight * g.DilationHeight), left + (tap % g.KernelWidth * g.DilationWidth));
                if (ih >= 0 && ih < g.Height && iw >= 0 && iw < g.Width)
                {
                    int input = (n * g.InputStride) + (c * g.Height * g.Width) + (ih * g.Width) + iw;
                    int weight = (f * g.TapStride) + tap;
                    _y.Add(output, (double)problem.X[input] * problem.W[weight]);
                    _dx.Add(input, (double)problem.Dy[output] * problem.W[weight]);
                    _dw.Add(weight, (double)problem.Dy[output] * problem.X[input]);
                }
            }
        }
    }

    public void CheckForward(float[] y) =>
        _y.Check(y, _geometry.OutputStride, _geometry.Filters * _geometry.OutputHeight * _geometry.OutputWidth, _geometry.Taps, "y");

    public void CheckInputGradient(float[] dx) =>
        _dx.Check(
            dx,
            _geometry.InputStride,
            _geometry.Channels * _geometry.Height * _geometry.Width,
            _geometry.Filters / _geometry.Groups * _geometry.KernelHeight * _geometry.KernelWidth,
            "dx");

    public void CheckParameterGradient(float[] gradient, int longestLeaf, int leaves)
    {
        int roundings = (longestLeaf * _geometry.OutputHeight * _geometry.OutputWidth) + RoundingBound.Depth(leaves);
        _dw.Check(gradient.AsSpan(0, _dw.Length), _geometry.TapStride, _geometry.Taps, roundings, "dw");
        _db.Check(gradient.AsSpan(_dw.Length), _db.Length, _db.Length, roundings, "db");
    }

    private sealed class Sums(int length)
    {
        private readonly (double Sum, double Absolute, int Terms)[] _sums = new (double, double, int)[length];

        public int Length => _sums.Length;

        public void Add(int index, double term)
        {
            ref (double Sum, double Absolute, int Terms) sum = ref _sums[index];
            sum = (sum.Sum + term, sum.Absolute + Math.Abs(term), sum.Terms + 1);
        }

        public void Check(ReadOnlySpan<float> actual, int stride, int count, int roundings, string name)
        {
            Assert.Equal(_sums.Length, actual.Length);
            for (int i = 0; i < actual.Length; i++)
            {
                if (i % stride < count)
                {
                    RoundingBound.Check(_sums[i].Sum, RoundingBound.Of(roundings, _sums[i].Absolute, _sums[i].Terms), actual[i], $"{name}[{i}]");
                }
            }
        }
    }
}
