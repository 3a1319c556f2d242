using ConvNN.Model.Options;

namespace ConvNN.Model.Layers;

/// <summary>Options that all layers that pool windows share.</summary>
public abstract record PoolOptions : LayerOptions
{
    /// <summary>The declaration of <see cref="Window"/>.</summary>
    internal static Option WindowOption { get; } =
        Option.Of("Window", ValueKinds.Size(1), (PoolOptions o) => o.Window, (o, v) => o with { Window = v }, "height and width of a window") with { IsRequired = true };

    /// <summary>The declaration of <see cref="Stride"/>.</summary>
    internal static Option StrideOption { get; } = Option.Of(
        "Stride",
        ValueKinds.OrNull(ValueKinds.Size(1)),
        (PoolOptions o) => o.Stride,
        (o, v) => o with { Stride = v },
        "step from one window to the next, in rows and columns; by default the size of the window");

    /// <summary>Rows and columns of a window.</summary>
    public required Size2d Window { get; init => field = Checked(value); }

    /// <summary>Rows and columns from one window to the next; null for the size of the window.</summary>
    public Size2d? Stride { get; init => field = Checked(value); }

    /// <inheritdoc/>
    public override string NamePrefix => "pool";

    /// <inheritdoc/>
    public override string Summary => Stride is { } stride && stride != Window ? $"{Window}, stride {stride}" : $"{Window}";
}
