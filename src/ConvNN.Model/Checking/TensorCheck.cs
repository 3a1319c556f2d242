using ConvNN.Model.Parameters;

namespace ConvNN.Model.Checking;

/// <summary>The result of comparing the gradient of one tensor with central differences.</summary>
/// <param name="Parameter">The tensor.</param>
public sealed record TensorCheck(Parameter Parameter)
{
    /// <summary>Coordinates compared.</summary>
    public required int Checked { get; init; }

    /// <summary>Coordinates skipped because of a kink between the two points: the difference says nothing about either side.</summary>
    public required int Kinks { get; init; }

    /// <summary>The largest gradient compared; differences are relative to it.</summary>
    public required double Scale { get; init; }

    /// <summary>The largest difference, as a fraction of <see cref="Scale"/>.</summary>
    public required double LargestDifference { get; init; }

    /// <summary>The allowed rounding error, as a fraction of <see cref="Scale"/>.</summary>
    public required double Tolerance { get; init; }

    /// <summary>Where the largest difference is: <c>conv1.weight[12]</c>; null when nothing was compared.</summary>
    public required string? Worst { get; init; }

    /// <summary>Whether something was compared and no difference exceeds the tolerance. False if a number is NaN.</summary>
    public bool IsRight => Checked > 0 && LargestDifference <= Tolerance;
}
