namespace ConvNN.Model.Options;

/// <summary>A configuration that cannot be used: all its failures at once, each with key, value, rule and hint.</summary>
public sealed class ConfigurationException : ConvNNException
{
    /// <summary>Creates the fault of one failure.</summary>
    public ConfigurationException(string failure)
        : this([failure])
    {
    }

    /// <summary>Creates the fault of several failures.</summary>
    /// <param name="failures">A sentence each.</param>
    /// <param name="innerException">What found them, if it was not the thrower.</param>
    public ConfigurationException(IReadOnlyList<string> failures, Exception? innerException = null)
        : base(string.Join(Environment.NewLine, failures), innerException)
    {
        Failures = failures;
    }

    /// <summary>A sentence per failure.</summary>
    public IReadOnlyList<string> Failures { get; }
}
