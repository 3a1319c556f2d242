using System.Globalization;
using ConvNN.Model;

namespace ConvNN.Training.Pipeline.Supervision;

/// <summary>Training has left the finite numbers: a loss or a gradient is NaN or infinite. The weights are those before the step.</summary>
/// <param name="message">Epoch, step, learning rate and the first bad number.</param>
/// <param name="innerException">The exception that this one extends; null for none.</param>
public sealed class DivergenceException(string message, Exception? innerException = null) : ConvNNException(message, innerException)
{
    /// <summary>Which weights a run has after it diverged in a step.</summary>
    internal const string Kept = "The weights are those before the step.";

    /// <summary>The exception of a step, or of an evaluation after it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="number">Its number in its epoch, from 1.</param>
    /// <param name="what">What is not finite.</param>
    internal static DivergenceException Of(StepJob step, long number, string what)
    {
        string where = step.Source.IsTraining
            ? string.Create(CultureInfo.InvariantCulture, $"epoch {step.Source.Epoch}, step {number}, at learning rate {(decimal)step.LearningRate}")
            : string.Create(CultureInfo.InvariantCulture, $"epoch {step.Source.Epoch}, seen in the evaluation after it");
        string weights = step.Source.IsTraining ? $" {Kept}" : "";
        return new DivergenceException($"Training diverged in {where}: {what} is not a finite number.{weights} Try a smaller Training:LearningRate.");
    }
}
