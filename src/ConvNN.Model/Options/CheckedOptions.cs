using System.Runtime.CompilerServices;

namespace ConvNN.Model.Options;

/// <summary>Options that refuse what is out of range as soon as it is set, by the rule and with the sentence of the configuration.</summary>
public abstract record CheckedOptions
{
    /// <summary>Where the options are in a configuration: <c>Training</c>, <c>Training:Optimizer</c>.</summary>
    protected abstract string Section { get; }

    /// <summary>The declarations of the options.</summary>
    protected abstract IReadOnlyList<Option> Declared { get; }

    /// <summary>A value that is allowed.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="name">The option's name; the property's, unless given.</param>
    /// <exception cref="ConfigurationException">The value is out of range.</exception>
    protected T Checked<T>(T value, [CallerMemberName] string name = "")
    {
        Option option = Declared.First(option => option.Name == name);
        return option.IsAllowed(value) ? value : throw new ConfigurationException(option.Refuse($"{Section}:{name}", value));
    }
}
