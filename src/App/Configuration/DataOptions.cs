using ConvNN.Data.Cache;
using ConvNN.Model.Options;

namespace ConvNN.App.Configuration;

/// <summary>The training data: section <c>Data</c> of the configuration.</summary>
internal sealed record DataOptions : DatasetOptions
{
    /// <summary>The declarations of the options, in the order of the help.</summary>
    public static new IReadOnlyList<Option> Options { get; } =
    [
        .. DatasetOptions.Options,
        Option.Of("Limit", ValueKinds.OrNull(ValueKinds.Count), (DataOptions o) => o.Limit, (o, v) => o with { Limit = v }, "train on the first N images only"),
        Option.Of(
            "Validation",
            ValueKinds.OrNull(ValueKinds.Number(NumberRange.Above(0).AtMost(int.MaxValue))),
            (DataOptions o) => o.Validation,
            (o, v) => o with { Validation = v },
            "training images that are kept apart to choose the best epoch by: a share below 1, or a number of images"),
    ];

    /// <summary>How many training images are used, counted from the first; null for all.</summary>
    public int? Limit { get; init => field = Checked(value); }

    /// <summary>How many of them are held out for validation: a fraction below 1, or a number of images; null for none.</summary>
    public double? Validation { get; init => field = Checked(value); }

    /// <inheritdoc/>
    protected override IReadOnlyList<Option> Declared => Options;
}
