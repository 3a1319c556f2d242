using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Checking;

/// <summary>
/// Holds the gradients that backward computes in single precision to central differences of the loss, which the layers'
/// definitions give in double precision: <c>(L(w + h) − L(w − h)) / 2h</c>.
/// </summary>
/// <remarks>
/// <para>In double precision, truncation and rounding of the quotient are some 10⁻⁹ of it, so what is seen are the
/// roundings of backward. To first order they are at most K · 2⁻²⁴ of the terms of the sums, where K is the number of
/// roundings on the longest way through forward, loss and backward to a tensor: the tolerance, relative to the largest
/// gradient of the tensor.</para>
/// <para>Rectifiers and maxima have kinks. Where the two points took other branches than the point between them, a kink
/// lies there, and the coordinate is left out and counted. A sample on which single and double precision took
/// different branches stands on a kink itself, and is left out.</para>
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="kernels">The kernels to check.</param>
public sealed class GradientCheck(Network network, ILoss loss, KernelSet kernels)
{
    // About the cube root of the precision of a double: truncation and rounding of the quotient are both small.
    private const double Step = 1.0 / (1 << 17);
    private const double UnitRoundoff = 1.0 / (1 << 24);
    private const int Leaves = 8;

    /// <summary>Samples of the last check that were left out since they stand on a kink.</summary>
    public int SamplesOnKinks { get; private set; }

    /// <summary>
    /// Moves weights that are exactly zero, as biases are at first, by up to 0.05: behind a black part of an image a
    /// rectifier would stand on its kink, and nothing could be compared.
    /// </summary>
    /// <param name="layout">Where the weights lie.</param>
    /// <param name="weights">The weights; changed in place.</param>
    public static void LeaveKinks(ParameterLayout layout, Span<float> weights)
    {
        const double GoldenRatio = 0.6180339887498949;
        int moved = 0;
        foreach (Parameter parameter in layout.Parameters)
        {
            for (int row = 0; row < parameter.Rows; row++)
            {
                foreach (ref float weight in parameter.Row(weights, row))
                {
                    weight = weight == 0 ? (float)(0.1 * (((++moved * GoldenRatio) % 1) - 0.5)) : weight;
                }
            }
        }
    }

    /// <summary>Compares.</summary>
    /// <param name="run">The samples and weights.</param>
    /// <param name="coordinates">The most coordinates to compare of a tensor.</param>
    /// <param name="cancellationToken">Stops between coordinates.</param>
    /// <returns>A result for each trained tensor.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<TensorCheck> Run(in SampleRun run, int coordinates, CancellationToken cancellationToken = default)
    {
        double[] weights = ToDoubles(run.Weights);
        CheckedSample[] samples = Define(run, weights);
        float[] gradient = Backward(run, samples);
        CheckedSample[] settled = [.. samples.Where(sample => sample.IsSettled)];
        SamplesOnKinks = samples.Length - settled.Length;

        // A sample that is left out still takes part in the statistics of its leaf.
        CheckedSample[] seen = SeesLeaves ? samples : settled;
        return
        [
            .. network.Layout.Parameters.Where(parameter => parameter.IsTrained)
                .Select(parameter => Compare(parameter, gradient, weights, seen, coordinates, cancellationToken)),
        ];
    }

    /// <summary>Whether samples of a leaf meet in a layer: the check is then of one leaf with all of them.</summary>
    private bool SeesLeaves => network.Layout.StatisticsLength > 0;

    /// <summary>K: the roundings on the longest way to a tensor's gradient.</summary>
    internal long RoundingsTo(int layer, int samples)
    {
        long roundings = network.Output.Count;                                   // the softmax's sum, and the loss
        for (int l = 0; l < network.Layers.Count; l++)
        {
            roundings += 1 + TermsOf(l, network.Layers[l].Output.Count);
            roundings += l > layer ? 1 + TermsOf(l, network.Layers[l].Input.Count) : 0;
        }

        long largest = network.Layout.Parameters.Where(parameter => parameter.Key.Ordinal == layer).Max(parameter => parameter.Count);
        return roundings + (samples * (1 + TermsOf(layer, largest)));
    }

    private static double[] ToDoubles(ReadOnlySpan<float> values)
    {
        double[] doubles = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            doubles[i] = values[i];
        }

        return doubles;
    }

    /// <summary>Multiply-adds of a layer for each of so many results.</summary>
    private long TermsOf(int layer, long results) => network.Layers[layer].Operations / 2 / results;

    /// <summary>All samples through the definition once.</summary>
    private CheckedSample[] Define(in SampleRun run, double[] weights)
    {
        CheckedSample[] samples = new CheckedSample[run.Count];
        for (int n = 0; n < samples.Length; n++)
        {
            double[][] inputs = new double[network.Layers.Count][];
            inputs[0] = ToDoubles(run.Images.Slice(n * network.Input.Stride, network.Input.Count));
            samples[n] = new CheckedSample(run.Labels[n], run.Indices[n], inputs) { IsTraining = run.IsTraining, Seed = run.Seed, Epoch = run.Epoch };
        }

        new DefinedNetwork(network, loss, weights).Run(samples);
        return samples;
    }

    /// <summary>The gradient that is checked, summed over the samples; those on a kink get none.</summary>
    private float[] Backward(in SampleRun bare, CheckedSample[] samples)
    {
        LeafCut cut = new(bare.Count, SeesLeaves ? 1 : Leaves);
        int[] edges = [.. Enumerable.Range(0, cut.Leaves + 1).Select(cut.Start)];
        SampleRun run = bare with { Leaves = new LeafRun { First = 0, Edges = edges, Statistics = new LeafStatistics(network.Layout, cut.Leaves) } };
        Workspace workspace = new(network, run.Count, kernels);
        ReadOnlySpan<float> outputs = network.Forward(run, workspace);
        Span<float> dy = workspace.OutputGradient(run.Count);
        DefinedNetwork defined = new(network, loss, ToDoubles(run.Weights));

        // Fused steps have the bits of the plain ones; only these show what stands between them.
        Workspace plain = new(network.Layers, run.Count, kernels);
        network.Forward(run, plain);
        for (int n = 0; n < samples.Length; n++)
        {
            Span<float> sample = dy.Slice(n * network.Output.Stride, network.Output.Stride);
            loss.Evaluate(outputs.Slice(n * network.Output.Stride, network.Output.Count), run.Labels[n], sample[..network.Output.Count]);
            sample[network.Output.Count..].Clear();
            samples[n].IsSettled = HasSameChoices(run, plain, n, samples[n], defined);
            if (!samples[n].IsSettled)
            {
                sample.Clear();
            }
        }

        SubtreeGradient sum = new(0, cut.Leaves, network.Layout.TrainedLength);
        sum.Cut(cut, firstSample: 0);
        network.Backward(run, workspace, [sum]);
        return sum.Values.ToArray();
    }

    /// <summary>Whether every layer chooses alike with the numbers that kernels computed and with those in doubles.</summary>
    private bool HasSameChoices(in SampleRun run, Workspace plain, int n, CheckedSample sample, DefinedNetwork defined)
    {
        for (int l = 0; l < network.Layers.Count; l++)
        {
            Shape shape = network.Layers[l].Input;
            double[] computed = ToDoubles(plain.Input(l, run).Slice(n * shape.Stride, shape.Count));
            if (defined.Choices(sample, l, computed) != defined.Choices(sample, l, sample.Inputs[l]))
            {
                return false;
            }
        }

        return true;
    }

    private TensorCheck Compare(
        Parameter parameter, float[] gradient, double[] weights, CheckedSample[] samples, int coordinates, CancellationToken cancellationToken)
    {
        int[] places = [.. CheckPlaces.Of(parameter, gradient, coordinates)];
        double[] numeric = new double[places.Length];
        int layer = parameter.Key.Ordinal;
        DefinedNetwork defined = new(network, loss, weights);
        ulong choices = defined.Loss(samples, layer).Choices;
        Parallel.For(
            0,
            places.Length,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => (double[])weights.Clone(),
            (i, _, own) =>
            {
                numeric[i] = Quotient(own, places[i], layer, samples, choices);
                return own;
            },
            _ => { });

        int[] smooth = [.. Enumerable.Range(0, places.Length).Where(i => !double.IsNaN(numeric[i]))];
        double scale = smooth.Length == 0 ? 0 : smooth.Max(i => Math.Max(Math.Abs(numeric[i]), Math.Abs((double)gradient[places[i]])));
        scale = Math.Max(scale, SeesLeaves ? LargestOfLayer(layer, gradient) : 0);
        double Difference(int i) => Math.Abs(numeric[i] - gradient[places[i]]) is var difference && difference == 0 ? 0 : difference / scale;

        // A NaN is the worst of all.
        int worst = smooth.Length == 0 ? -1 : smooth.MaxBy(i => Difference(i) is var d && double.IsNaN(d) ? double.PositiveInfinity : d);
        return new TensorCheck(parameter)
        {
            Checked = smooth.Length,
            Kinks = places.Length - smooth.Length,
            Scale = scale,
            LargestDifference = worst < 0 ? 0 : Difference(worst),
            Tolerance = RoundingsTo(layer, samples.Length) * UnitRoundoff,
            Worst = worst < 0 ? null : network.Layout.Describe(places[worst]),
        };
    }

    /// <summary>
    /// The largest gradient of a layer: before a batch norm the bias has none, since means are taken away, and roundings of
    /// what cancels are all that there is to see.
    /// </summary>
    private double LargestOfLayer(int layer, float[] gradient) =>
        network.Layout.Parameters.Where(parameter => parameter.IsTrained && parameter.Key.Ordinal == layer)
            .Max(parameter => gradient.Skip(parameter.Offset).Take(parameter.Length).Max(value => Math.Abs((double)value)));

    /// <summary>The difference quotient of the loss in one weight; NaN when a kink lies between the points.</summary>
    private double Quotient(double[] weights, int place, int layer, CheckedSample[] samples, ulong choices)
    {
        DefinedNetwork defined = new(network, loss, weights);
        double middle = weights[place];
        double right = middle + (Step * Math.Max(1, Math.Abs(middle)));
        double left = middle - (Step * Math.Max(1, Math.Abs(middle)));
        weights[place] = right;
        (double above, ulong choicesAbove) = defined.Loss(samples, layer);
        weights[place] = left;
        (double below, ulong choicesBelow) = defined.Loss(samples, layer);
        weights[place] = middle;
        return choicesAbove != choices || choicesBelow != choices ? double.NaN : (above - below) / (right - left);
    }
}
