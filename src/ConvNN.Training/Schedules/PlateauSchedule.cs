using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>
/// A rate that is reduced when the validation loss has not fallen for some epochs (PyTorch <c>ReduceLROnPlateau</c> with
/// a relative threshold).
/// </summary>
public sealed record PlateauSchedule : ScheduleOptions
{
    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "plateau",
        "A learning rate that is reduced when the validation loss stops improving.",
        () => new PlateauSchedule(),
        [
            Option.Of("Patience", ValueKinds.Integer(0), (PlateauSchedule o) => o.Patience, (o, v) => o with { Patience = v }, "epochs without a lower validation loss that are tolerated"),
            Option.Of("Factor", ValueKinds.Number(NumberRange.AtLeast(1e-6).Below(1)), (PlateauSchedule o) => o.Factor, (o, v) => o with { Factor = v }, "factor by which the rate is multiplied when it is reduced"),
            Option.Of("Threshold", ValueKinds.Share, (PlateauSchedule o) => o.Threshold, (o, v) => o with { Threshold = v }, "minimum relative decrease of the loss that counts as lower"),
            WarmupOption,
        ]);

    /// <summary>Epochs without a lower loss that are borne; the rate drops with the next.</summary>
    public int Patience { get; init => field = Checked(value); } = 10;

    /// <summary>What the rate is multiplied by, in (0, 1).</summary>
    public double Factor { get; init => field = Checked(value); } = 0.1;

    /// <summary>A loss is lower when it is below the best times 1 − threshold.</summary>
    public double Threshold { get; init => field = Checked(value); } = 1e-4;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override bool NeedsValidation => true;

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => Elementary.Pow(Factor, moment.Reductions);

    /// <summary>How often the rate has been reduced after epochs with these losses.</summary>
    /// <param name="losses">The validation loss of each epoch so far, in order.</param>
    public int ReductionsAfter(IEnumerable<double> losses)
    {
        (double best, int worse, int reductions) = (double.PositiveInfinity, 0, 0);
        foreach (double loss in losses)
        {
            bool isLower = loss < best * (1 - Threshold);
            best = isLower ? loss : best;
            worse = isLower ? 0 : worse + 1;
            if (worse > Patience)
            {
                reductions++;
                worse = 0;
            }
        }

        return reductions;
    }
}
