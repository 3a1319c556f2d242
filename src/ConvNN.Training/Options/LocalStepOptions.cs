using ConvNN.Model.Options;

namespace ConvNN.Training.Options;

/// <summary>
/// Local steps: several ranks, of which each trains by itself on its share of every batch, and which average their weights now and then.
/// Keys of section <c>Cluster</c>; the weights depend on them and on the number of ranks.
/// </summary>
public sealed record LocalStepOptions : CheckedOptions
{
    /// <summary>The declarations of the options.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        Option.Of(
            "LocalSteps",
            ValueKinds.OrNull(ValueKinds.Count),
            (LocalStepOptions o) => o.LocalSteps,
            (o, v) => o with { LocalSteps = v },
            "steps that each rank takes by itself, on its share of the batches, before all average their weights; the weights then depend on the number of ranks") with
        { Advice = "Leave it out to let the ranks share each step." },
        Option.Of(
            "OuterRate",
            ValueKinds.Number(NumberRange.Above(0).AtMost(100).AsFloat),
            (LocalStepOptions o) => o.OuterRate,
            (o, v) => o with { OuterRate = v },
            "with local steps: how far an exchange moves the weights towards the ranks' mean; 1 without momentum takes the mean"),
        Option.Of(
            "OuterMomentum",
            ValueKinds.Share,
            (LocalStepOptions o) => o.OuterMomentum,
            (o, v) => o with { OuterMomentum = v },
            "with local steps: fraction of the exchanges' previous direction that is kept (Nesterov momentum)"),
    ];

    /// <summary>H, steps between two exchanges, which are counted in each epoch; null where the ranks share each step.</summary>
    public int? LocalSteps { get; init => field = Checked(value); }

    /// <summary>The learning rate of the outer optimizer; the default is that of DiLoCo (arXiv:2311.08105).</summary>
    public double OuterRate { get; init => field = Checked(value); } = 0.7;

    /// <summary>μ of the outer optimizer, in [0, 1); the default is that of DiLoCo (arXiv:2311.08105).</summary>
    public double OuterMomentum { get; init => field = Checked(value); } = 0.9;

    /// <inheritdoc/>
    protected override string Section => "Cluster";

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
